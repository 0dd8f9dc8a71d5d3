// SPDX-License-Identifier: Apache-2.0
// How long to wait before asking again: 1 s, doubling to 30 s, with a share of chance so that not
// all pages come back at once.

const firstMs = 1000;
const mostMs = 30_000;

export class Backoff {
    /** @param {() => number} [chance] from 0 to below 1 */
    constructor(chance = Math.random) {
        this.chance = chance;
        this.tries = 0;
    }

    /** It worked. */
    reset() {
        this.tries = 0;
    }

    /** @returns {number} milliseconds */
    next() {
        const whole = Math.min(firstMs * 2 ** this.tries, mostMs);
        this.tries += 1;
        return Math.round(whole * (0.75 + this.chance() * 0.25));
    }
}
