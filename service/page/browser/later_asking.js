// SPDX-License-Identifier: Apache-2.0
// Asks for the end of several jobs: a request each, a few at a time, no faster than the service
// wishes, each with a key of its own so that trying again stays one request. What came of each is
// only what is known of it. No document is touched here.
import { isFinished } from "./job.js";
import { Problem } from "./problem.js";

/** @typedef {import("./job.js").Job} Job */

/**
 * @typedef {object} Asked
 * @property {Job} job as it was when it was chosen
 * @property {string} key
 * @property {"waiting" | "asking" | "granted" | "already" | "ended" | "refused" | "notAsked" | "unknown"} outcome
 *     ended: before it was asked for; notAsked: for certain; unknown: whether the request arrived
 * @property {unknown} [problem] why refused, notAsked or unknown
 * @property {number} [attempt] of the job, for which it was granted
 */

/**
 * @typedef {object} Asking
 * @property {(job: Job, key: string) => Promise<import("./requests.js").CancelRequest>} ask
 * @property {(job: Job) => Job} now the job as far as is known by now
 * @property {(asked: Asked) => void} told something changed about one
 * @property {() => boolean} isStopped no further one is to be asked
 * @property {(ms: number) => Promise<void>} wait
 */

const atOnce = 4;
const retriesMax = 6; // of a job, where the service wishes it to be later
const restMs = 1000;

/**
 * What one that is not asked for yet already is, if there is nothing to ask.
 * @param {Job} job
 * @returns {"ended" | "already" | null}
 */
export function needsNothing(job) {
    if (isFinished(job))
        return "ended";
    return job.cancelling === "open" ? "already" : null;
}

/** Whether it makes sense to ask again. @param {Asked} asked */
export function canBeAskedAgain({ outcome }) {
    return outcome === "unknown" || outcome === "notAsked" || outcome === "waiting";
}

/**
 * Until each that can be asked was.
 * @param {Asked[]} all
 * @param {Asking} asking
 */
export async function askAll(all, asking) {
    const left = all.filter(canBeAskedAgain);
    const pace = { untilMs: 0, isOver: false };
    const walk = async () => {
        for (let next = left.shift(); next; next = left.shift())
            await askOne(next, pace, asking);
    };
    await Promise.all(Array.from({ length: atOnce }, walk));
}

/**
 * @param {Asked} asked
 * @param {{untilMs: number, isOver: boolean, problem?: unknown}} pace of all
 * @param {Asking} asking
 */
async function askOne(asked, pace, asking) {
    /** @param {Asked["outcome"]} outcome @param {unknown} [problem] */
    const became = (outcome, problem) => {
        Object.assign(asked, { outcome, problem });
        asking.told(asked);
    };
    let isUnknown = asked.outcome === "unknown";
    for (let tries = 0; ; tries++) {
        for (let restingMs = pace.untilMs - Date.now(); restingMs > 0 && !asking.isStopped();
            restingMs = pace.untilMs - Date.now())
            await asking.wait(Math.min(restingMs, restMs));
        if (pace.isOver || asking.isStopped())
            return became(isUnknown ? "unknown" : "notAsked", pace.problem);
        const already = isUnknown ? null : needsNothing(asking.now(asked.job));
        if (already)
            return became(already);
        became("asking");
        try {
            const { reasonCode, attempt } = await asking.ask(asked.job, asked.key);
            asked.attempt = attempt;
            return became(reasonCode === "ALREADY_REQUESTED" ? "already" : "granted");
        } catch (problem) {
            const outcome = outcomeOf(problem);
            isUnknown ||= outcome === "unknown";
            if (problem instanceof Problem && problem.status === 401)
                Object.assign(pace, { isOver: true, problem });
            if (!(problem instanceof Problem) || !problem.passes || !problem.retryAfterS || tries >= retriesMax)
                return became(isUnknown && outcome === "notAsked" ? "unknown" : outcome, problem);
            pace.untilMs = Math.max(pace.untilMs, Date.now() + problem.retryAfterS * 1000);
        }
    }
}

/**
 * @param {unknown} problem
 * @returns {Asked["outcome"]}
 */
function outcomeOf(problem) {
    if (!(problem instanceof Problem))
        return "unknown";
    if (problem.detail === "ALREADY_FINISHED")
        return "ended";
    if ([403, 404, 409, 422].includes(problem.status))
        return "refused";
    return problem.passes && problem.status !== 429 ? "unknown" : "notAsked";
}
