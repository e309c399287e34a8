/* What the files of the clients share: the server's address, waiting, and the outcome.
 *
 * One file per client is one process, started by clients_test.py as `node FILE URL` against an
 * empty server. It walks through the same story: list, create, insert, push, pull, terminate. A
 * failed assertion or an unhandled error anywhere ends it with code 1. */
"use strict";

const url = process.argv[2];
const WAIT_MS = 10000;

/* Resolves to the first result of look() that is not undefined. */
async function eventually(what, look) {
    const end = Date.now() + WAIT_MS;
    for (;;) {
        const found = await look();
        if (found !== undefined) {
            return found;
        }
        if (Date.now() > end) {
            throw new Error(`did not happen in ${WAIT_MS} ms: ${what}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}

/* Resolves as promise does, but not later than WAIT_MS. */
function inTime(what, promise) {
    const late = new Promise((_, reject) => {
        setTimeout(() => reject(new Error(`did not happen in time: ${what}`)), WAIT_MS).unref();
    });
    return Promise.race([promise, late]);
}

/* Statements for clients that have no call of their own for them. */
async function statement(ksql) {
    const response = await fetch(`${url}/ksql`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ ksql }),
    });
    const body = await response.json();
    if (response.status !== 200) {
        throw new Error(`${ksql}: ${body.message}`);
    }
    return body;
}

function run(story) {
    story().then(
        () => process.exit(0),
        (error) => {
            console.error(error);
            process.exit(1);
        },
    );
}

module.exports = { url, eventually, inTime, statement, run };
