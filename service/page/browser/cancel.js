// SPDX-License-Identifier: Apache-2.0
// Which jobs were asked to stop here, and what is told of how each ended. Whether to ask is asked by
// a dialog, which hears what becomes of the job meanwhile.
import { notify } from "./announce.js";
import { visible } from "./dom.js";
import { isFinished, laterOf } from "./job.js";
import { later } from "./later.js";
import { jobName } from "./row_menu.js";
import { t } from "./words.js";

/** @typedef {import("./job.js").Job} Job */

/**
 * @typedef {object} CancellingActions
 * @property {(job: Job) => void} granted a job, as it was when it was asked to stop
 * @property {(job: Job) => void} answered there is a request for it that was not there before
 * @property {(job: Job) => Job} shown as the table has it
 * @property {() => boolean} follows whether the table goes on to tell of jobs
 */

const gatherMs = 250;

/** What is told of one, and of several. */
const ends = /** @type {const} */ ({
    done: { one: "cancel.done", many: "cancel.doneMany" },
    overtaken: { one: "cancel.overtaken", many: "cancel.overtakenMany" },
    anew: { one: "cancel.anew", many: "cancel.anewMany" },
});

export class Cancelling {
    /**
     * @param {import("./api.js").Api} api
     * @param {CancellingActions} actions
     */
    constructor(api, actions) {
        this.api = api;
        this.actions = actions;
        /** @type {Map<string, number>} the attempts of jobs that were asked to stop here, by the jobs' ids */
        this.asked = new Map();
        /** @type {Job[]} of those, what ended or began anew and is to be told */
        this.over = [];
        /** @type {ReturnType<typeof setTimeout> | undefined} */
        this.timer = undefined;
        /** @type {{heard: (job: Job) => void} | null} the dialog */
        this.question = null;
    }

    /** @param {Job} job which may have changed since it was drawn */
    ask(job) {
        void later(() => import("./later_cancel.js"), ({ openCancel }) => {
            const question = this.question = openCancel({ job: laterOf(job, this.actions.shown(job)), api: this.api,
                granted: (asked) => {
                    const follows = this.actions.follows() ? ` ${t("cancel.follows")}` : "";
                    notify(t("cancel.asked", { job: jobName(asked) }) + follows, visible(asked.jobID));
                    this.wasGranted(asked);
                },
                refused: (asked) => this.actions.answered(asked),
                closed: () => {
                    if (this.question === question)
                        this.question = null;
                } });
        });
    }

    /** @param {Job} job */
    wasGranted(job) {
        this.asked.set(job.jobID, job.attempt);
        this.actions.granted(job);
    }

    /**
     * A job as it is by now: tells how it ended if it was asked to stop here.
     * @param {Job} job
     */
    heard(job) {
        this.question?.heard(job);
        const attempt = this.asked.get(job.jobID);
        if (attempt === undefined || job.attempt < attempt || job.attempt === attempt && !isFinished(job))
            return;
        this.asked.delete(job.jobID);
        this.over.push(job);
        this.timer ??= setTimeout(() => this.tellEnds(), gatherMs);
    }

    /** Several that end together are one notice, which none takes from the next. */
    tellEnds() {
        const [job, ...others] = this.over;
        const kinds = this.over.map(kindOfEnd);
        this.over = [];
        this.timer = undefined;
        if (!job)
            return;
        if (!others.length) {
            notify(t(ends[kindOfEnd(job)].one, { job: jobName(job), status: t(`status.${job.status}`),
                number: job.attempt }), visible(job.jobID));
            return;
        }
        notify(Object.entries(ends).map(([kind, { many }]) => {
            const count = kinds.filter((each) => each === kind).length;
            return count ? t(many, { count }) : "";
        }).filter(Boolean).join(" · "));
    }
}

/** @param {Job} job that was asked to stop in this attempt, if it ended, or in an earlier one */
function kindOfEnd(job) {
    if (!isFinished(job))
        return "anew";
    return job.status === "dismissed" ? "done" : "overtaken";
}
