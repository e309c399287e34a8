/* Node's own HTTP/2 client, for what the packages cannot do: so many rows over /inserts-stream that
 * acknowledgements come back before the last row has left. The answer must still end. */
"use strict";

const assert = require("assert");
const http2 = require("http2");
const { url, inTime, statement, run } = require("./case.js");

const ROW_COUNT = 20000;

function insertMany(session) {
    const lines = ['{"target":"many"}'];
    for (let n = 0; n < ROW_COUNT; n++) {
        lines.push(`{"N":${n}}`);
    }
    return new Promise((resolve, reject) => {
        const request = session.request({ ":method": "POST", ":path": "/inserts-stream" });
        let text = "";
        request.setEncoding("utf8");
        request.on("data", (data) => (text += data));
        request.on("end", () => resolve(text));
        request.on("error", reject);
        request.end(lines.join("\n"));
    });
}

run(async () => {
    await statement(
        "CREATE STREAM many (n INTEGER)" +
            " WITH (KAFKA_TOPIC='many', PARTITIONS=1, VALUE_FORMAT='JSON');",
    );
    const session = http2.connect(url);
    const text = await inTime("the answer's end", insertMany(session));
    const acks = text.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepStrictEqual(
        acks.map((ack) => ack.seq),
        Array.from({ length: ROW_COUNT }, (_, n) => n),
    );
    assert.ok(acks.every((ack) => ack.status === "ok"));
    session.close();
});
