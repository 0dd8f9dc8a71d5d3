// SPDX-License-Identifier: Apache-2.0
// What a reader would stumble over, and what the page must never do.
import { createRequire } from "node:module";

const packages = createRequire(`${process.env.DEV_NODE_MODULES}/`);
const js = packages("@eslint/js");

const markup = ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "write", "writeln",
    "createContextualFragment", "parseFromString"];

export default [
    js.configs.recommended,
    {
        rules: {
            "no-undef": "off", // tsc tells, and knows what browsers have
            eqeqeq: "error",
            "no-var": "error",
            "prefer-const": "error",
            "no-implicit-globals": "error",
            "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
            "max-lines": ["error", 500],
            "max-lines-per-function": ["error", 80],
        },
    },
    {
        files: ["**/service/page/browser/**", "**/service/page/operator/**"],
        rules: {
            "no-console": "error",
            "no-eval": "error",
            "no-implied-eval": "error",
            "no-new-func": "error",
            "no-restricted-properties": ["error", ...markup.map((property) => ({
                property,
                message: "Data are text, never markup.",
            }))],
        },
    },
    {
        files: ["**/tests/page/**"],
        rules: { "max-lines-per-function": "off" },
    },
];
