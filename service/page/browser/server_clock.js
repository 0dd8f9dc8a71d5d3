// SPDX-License-Identifier: Apache-2.0
// The service's clock, as far as it was heard; by it a job becomes silent without any message. It
// goes on by ours only while the service is heard: a table that is paused or cut off says nothing
// new, nor does one that wakes from a night's sleep.

const heartbeatMs = 15_000; // the stream is heard at least so often
const setBackMs = 60_000; // less is a message that was long on its way

export class ServerClock {
    runs = false;
    heardMs = 0;
    atMs = 0;
    latestMs = 0;

    /**
     * @param {import("./api.js").Freshness} freshness asOf and secondsBehind together are the
     *     service's time; without them ours has to do
     * @param {number} nowMs
     */
    hear({ asOf, secondsBehind }, nowMs) {
        this.heardMs = asOf === null || secondsBehind === null ? nowMs
            : Date.parse(asOf) + secondsBehind * 1000;
        this.atMs = nowMs;
    }

    /**
     * Never back by a little: what was said once would come and go.
     * @param {number} [nowMs]
     */
    now(nowMs = Date.now()) {
        const sinceMs = this.runs ? Math.min(Math.max(0, nowMs - this.atMs), heartbeatMs) : 0;
        const ms = this.heardMs + sinceMs;
        if (ms > this.latestMs || ms < this.latestMs - setBackMs)
            this.latestMs = ms;
        return this.latestMs;
    }
}

export const serverClock = new ServerClock();
