// SPDX-License-Identifier: Apache-2.0
// What package.json names, from wherever ./dev has put it.
import { createRequire } from "node:module";

const modules = process.env.DEV_NODE_MODULES ?? `${process.cwd()}/tests/page/node_modules`;

export const packages = createRequire(`${modules}/`);
