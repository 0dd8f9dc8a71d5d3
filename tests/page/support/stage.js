// SPDX-License-Identifier: Apache-2.0
// A jobtrail of the test's own, with real servers behind it and four members (stage.py).
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("stage.py", import.meta.url));

/**
 * @typedef {object} Options
 * @property {Record<string, string | number>} [settings] of jobtrail, besides what it needs
 * @property {number} [lifetime]  of tokens, in seconds (300)
 * @property {number} [nginx]  so many in a row are in front, as they are by default (0)
 * @property {boolean} [refresh]  whether the issuer gives refresh tokens (true)
 */

export class Stage {
    #process;
    #folder = mkdtempSync(join(tmpdir(), "jobtrail-page-"));
    #waiting = [];
    #ended = null;

    /** Everything runs when this is resolved. @param {Options} [options] */
    static async begin(options = {}) {
        const stage = new Stage(options);
        Object.assign(stage, await stage.#answer());
        return stage;
    }

    constructor(options) {
        for (const name of ["DEV_PYTHON", "DEV_JOBTRAIL", "DEV_ISSUER"])
            if (!process.env[name]) throw new Error(`${name} is not set: run ./dev test`);
        this.#process = spawn(process.env.DEV_PYTHON, [script, this.#folder, JSON.stringify(options)],
            { stdio: ["pipe", "pipe", "inherit"] });
        createInterface({ input: this.#process.stdout }).on("line", (line) => {
            const { resolve, reject } = this.#waiting.shift();
            const { result, error } = JSON.parse(line);
            if (error) reject(new Error(error));
            else resolve(result);
        });
        this.#ended = new Promise((resolve) => this.#process.on("exit", (status) => {
            for (const { reject } of this.#waiting) reject(new Error(`stage.py ended: ${status}`));
            resolve(status);
        }));
    }

    #answer() {
        return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    }

    /** Asks stage.py for one of its methods. */
    ask(what, parameters = {}) {
        const answer = this.#answer();
        this.#process.stdin.write(`${JSON.stringify({ do: what, with: parameters })}\n`);
        return answer;
    }

    /** The page's address, with a view ("?status=failed") if one is named. */
    page(view = "") {
        return `${this.origin}/organizations/${this.organization}${view}`;
    }

    /**
     * Emits events in their order and waits until they are projected. Each is an object of the flags
     * of `jobtrail emit`: {created: true, job: "7f3", type: "Load", creator: stage.members.manager.id}.
     */
    emit(...events) {
        return this.ask("emit", {
            events: events.map((event) => Object.entries(event).flatMap(([flag, value]) =>
                value === true ? [`--${flag}`] : [`--${flag}`, String(value)])),
        });
    }

    /** Made-up jobs of the four members until stopSimulation(). */
    startSimulation(...flags) {
        return this.ask("start_simulation", { flags: flags.map(String) });
    }

    stopSimulation() { return this.ask("stop_simulation"); }
    startServe() { return this.ask("start_serve"); }
    stopServe() { return this.ask("stop_serve"); }
    killServe() { return this.ask("kill_serve"); }
    startIssuer(options = {}) { return this.ask("start_issuer", options); }
    stopIssuer() { return this.ask("stop_issuer"); }
    run(...words) { return this.ask("run", { arguments: words.map(String) }); }
    sql(query) { return this.ask("sql", { query }); }
    execute(statements) { return this.ask("execute", { statements }); }
    log() { return this.ask("log"); }

    async end() {
        this.#process.stdin.end();
        const status = await this.#ended;
        rmSync(this.#folder, { recursive: true, force: true });
        if (status !== 0) throw new Error(`stage.py ended with ${status}`);
    }
}
