// SPDX-License-Identifier: Apache-2.0
// @camptocamp/ogc-client asks the API: ogc_client.js URL TOKEN JOB. It sends f=json with every
// request. Prints what it saw as JSON.
import { OgcApiEndpoint, setFetchOptions } from "@camptocamp/ogc-client";

const [url, token] = process.argv.slice(2);
setFetchOptions({ headers: { Authorization: `Bearer ${token}` } });
const endpoint = new OgcApiEndpoint(url);
const info = await endpoint.info;
const conforms = await endpoint.conformanceClasses;
console.log(JSON.stringify({ title: info.title, conforms }));
