// A proof of work (ALTCHA): tries one number after the other until the SHA-256 of salt and number is the one that was asked
// for. For the form (proof.js, in a worker of its own) and for what waits on a telephone (queue.js). Its own SHA-256, because the browser's answers through promises, ten times slower, and only over TLS.
// FIPS 180-4; the constants are worked out as it says: the first 32 bits of the fractional parts of roots of primes.
const primes = [];
for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime)) primes.push(n);
const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
const K = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const START = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const W = new Int32Array(64);

/** Mixes one block of sixteen words into the state. */
const mix = (state, words, block) => {
  for (let t = 0; t < 16; t += 1) W[t] = words[block + t];
  for (let t = 16; t < 64; t += 1) {
    const x = W[t - 15];
    const y = W[t - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[t] = (W[t - 16] + s0 + W[t - 7] + s1) | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (let t = 0; t < 64; t += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + s1 + ((e & f) ^ (~e & g)) + K[t] + W[t]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
};

/** Writes a text of ASCII into words, big end first. */
const write = (text, words) => {
  for (let i = 0; i < text.length; i += 1) words[i >> 2] |= text.charCodeAt(i) << (24 - (i & 3) * 8);
};

/** Tries the numbers `from`…`to`: the one that was looked for, or -1. The whole blocks of the salt are mixed once for all. */
export const searcher = ({ salt, challenge }) => {
  const wanted = challenge.match(/.{8}/g).map((hex) => parseInt(hex, 16) | 0);
  const whole = salt.length - (salt.length % 64);
  const begun = Int32Array.from(START);
  const first = new Int32Array(whole / 4);
  write(salt.slice(0, whole), first);
  for (let block = 0; block < first.length; block += 16) mix(begun, first, block);
  const state = new Int32Array(8);
  const words = new Int32Array(32);
  return (from, to) => {
    for (let number = from; number <= to; number += 1) {
      const rest = salt.slice(whole) + number;
      const blocks = rest.length > 55 ? 2 : 1;
      words.fill(0);
      write(rest, words);
      words[rest.length >> 2] |= 0x80 << (24 - (rest.length & 3) * 8);
      words[blocks * 16 - 1] = (whole + rest.length) * 8;
      state.set(begun);
      for (let block = 0; block < blocks; block += 1) mix(state, words, block * 16);
      if (state[0] === wanted[0] && wanted.every((word, i) => word === state[i])) return number;
    }
    return -1;
  };
};

/** What is sent back with the number that was found. */
export const answer = ({ algorithm, challenge, salt, signature }, number) =>
  btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));

const SLICE = 2_000;
/** Lets everything else have its turn. Not setTimeout, which a page in the background is given once a second. */
const turn = () =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(null);
  });

/** The answer to what was asked, "" where none is found. Where no worker can be had (a service worker may not begin one). */
export const solve = async (asked) => {
  const look = searcher(asked);
  for (let from = 0; from <= asked.maxnumber; from += SLICE) {
    const number = look(from, Math.min(asked.maxnumber, from + SLICE - 1));
    if (number >= 0) return answer(asked, number);
    await turn();
  }
  return "";
};
