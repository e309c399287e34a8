/* ksqldb-client: everything over one HTTP/2 connection. Its push queries parse each DATA frame as
 * one JSON value. */
"use strict";

const assert = require("assert");
const Client = require("ksqldb-client");
const { url, eventually, inTime, run } = require("./case.js");

async function push(client) {
    const rows = [];
    let queryId;
    const done = client.streamQuery(
        "SELECT word, n FROM words EMIT CHANGES;",
        (data) => {
            queryId = data.metadata.queryId;
            rows.push(...(data.rows || []));
        },
        { properties: { "auto.offset.reset": "earliest" } },
    );
    await eventually("three rows", () => (rows.length >= 3 ? true : undefined));
    assert.deepStrictEqual(rows, [
        { WORD: "tree", N: 1 },
        { WORD: "wind", N: 2 },
        { WORD: "tree", N: 3 },
    ]);
    const closed = await client.terminatePushQuery(queryId);
    assert.strictEqual(closed.status, 200);
    const end = await inTime("the push query's end", done);
    assert.strictEqual(end.status, 200);
}

async function pull(client) {
    const found = await eventually("the view's row", async () => {
        const { data, error } = await client.query(
            "SELECT * FROM counts WHERE word IN ('${A}', '${B}');",
            { sessionVariables: { A: "tree", B: "wind" } },
        );
        assert.strictEqual(error, undefined);
        return data.rows.some((row) => row.TOTAL === 4) ? data : undefined;
    });
    assert.deepStrictEqual(found.metadata.columnNames, ["WORD", "TOTAL"]);
    const byWord = found.rows.sort((a, b) => (a.WORD < b.WORD ? -1 : 1));
    assert.deepStrictEqual(byWord, [
        { WORD: "tree", TOTAL: 4 },
        { WORD: "wind", TOTAL: 2 },
    ]);
}

async function lists(client) {
    const streams = await client.listStreams();
    assert.deepStrictEqual(
        streams.filter((stream) => stream.name === "WORDS").map((stream) => stream.topic),
        ["words"],
    );
    assert.deepStrictEqual(
        (await client.listTables()).map((table) => table.name),
        ["COUNTS"],
    );
    assert.ok((await client.listTopics()).some((topic) => topic.name === "words"));
    const queries = await client.listQueries();
    assert.deepStrictEqual(
        queries.map((query) => query.sinks),
        [["COUNTS"]],
    );
    const source = await client.describeSource("counts");
    assert.deepStrictEqual(
        source.fields.map((field) => field.name),
        ["WORD", "TOTAL"],
    );
    return queries[0].id;
}

async function errors(client) {
    const refused = await client.query("SELECT * FROM;");
    assert.strictEqual(refused.error.error_code, 40001);
    const unknown = await client.terminatePushQuery("nobody");
    assert.strictEqual(unknown.status, 400);
    /* The client expects an array even of an error, so that it trips over ksqlDB's own answer. */
    await assert.rejects(client.insertInto("missing", { word: "x" }), TypeError);
}

run(async () => {
    const address = new URL(url);
    const client = new Client({ host: `http://${address.hostname}`, port: address.port });
    await client.connect();
    const created = await client.executeStatement(
        "CREATE STREAM ${NAME} (word VARCHAR, n INTEGER)" +
            " WITH (KAFKA_TOPIC='words', PARTITIONS=1, VALUE_FORMAT='JSON');",
        { sessionVariables: { NAME: "words" } },
    );
    assert.strictEqual(created.status, 200);
    assert.strictEqual(created.data.rows[0].commandStatus.status, "SUCCESS");
    const view = await client.executeStatement(
        "CREATE TABLE counts AS SELECT word, SUM(n) AS total FROM words GROUP BY word;",
        { streamsProperties: { "auto.offset.reset": "earliest" } },
    );
    assert.strictEqual(view.status, 200);
    for (const [word, n] of [["tree", 1], ["wind", 2], ["tree", 3]]) {
        const { data, status } = await client.insertInto("words", { word, n });
        assert.strictEqual(status, 200);
        assert.deepStrictEqual(data.rows, [{ status: "ok", seq: 0 }]);
    }
    await push(client);
    await pull(client);
    const queryId = await lists(client);
    await errors(client);
    const ended = await client.executeStatement(`TERMINATE ${queryId};`);
    assert.strictEqual(ended.status, 200);
    assert.deepStrictEqual(await client.listQueries(), []);
    await client.disconnect();
});
