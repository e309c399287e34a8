/* ksqldb-js: HTTP/1.1 for statements and pull queries, HTTP/2 for push queries and inserts. It
 * ends a push query by TERMINATE, and parses each DATA frame as one JSON value. */
"use strict";

const assert = require("assert");
const Client = require("ksqldb-js");
const { url, eventually, inTime, run } = require("./case.js");

async function push(client) {
    const values = [];
    const queryId = await inTime(
        "the push query's header",
        client.push("SELECT id, n FROM events EMIT CHANGES LIMIT 100;", (value) =>
            values.push(JSON.parse(value)),
        ),
    );
    await client.ksql("INSERT INTO events (id, n) VALUES ('c', 30);");
    await client.insertStream("EVENTS", [{ ID: "d", N: 40 }]);
    await eventually("two rows", () => (values.length >= 3 ? true : undefined));
    assert.deepStrictEqual(values[0].columnNames, ["ID", "N"]);
    assert.deepStrictEqual(values.slice(1), [
        ["c", 30],
        ["d", 40],
    ]);
    const ended = await client.terminate(queryId);
    assert.strictEqual(ended["@type"], "terminate_query");
    assert.strictEqual(ended.queryId, queryId);
    assert.strictEqual(ended.wasTerminated, true);
}

async function pull(client) {
    const rows = await eventually("the view's row", async () => {
        const [header, ...found] = await client.pull("SELECT * FROM totals WHERE id = 'a';");
        assert.deepStrictEqual(header.columnNames, ["ID", "TOTAL"]);
        return found.some((row) => row[1] === 11) ? found : undefined;
    });
    assert.deepStrictEqual(rows, [["a", 11]]);
}

async function inspections(client) {
    const info = await client.inspectServerInfo();
    assert.strictEqual(info.data.KsqlServerInfo.serverStatus, "RUNNING");
    const health = await client.inspectServerHealth();
    assert.strictEqual(health.data.isHealthy, true);
    const valid = await client.isValidProperty("auto.offset.reset");
    assert.strictEqual(valid.data, true);
    const status = await client.inspectQueryStatus("stream/`EVENTS`/create");
    assert.strictEqual(status.data.status, "SUCCESS");
    await assert.rejects(client.ksql("DROP STREAM missing;"));
}

run(async () => {
    const client = new Client({ ksqldbURL: url });
    await client.createStream("events", ["id VARCHAR", "n INTEGER"], "events", "json", 1);
    const streams = await client.ksql("LIST STREAMS;");
    assert.ok(streams.streams.some((stream) => stream.name === "EVENTS"));
    await client.createTableAs(
        "totals",
        "events",
        ["id", "SUM(n) AS total"],
        {},
        { WHERE: "n > 0", GROUP_BY: "id" },
    );
    assert.deepStrictEqual((await client.ksql("LIST TABLES;")).tables[0].name, "TOTALS");
    const acks = await client.insertStream("EVENTS", [
        { ID: "a", N: 1 },
        { ID: "b", N: 2 },
        { ID: "a", N: 10 },
    ]);
    assert.deepStrictEqual(
        acks.map((ack) => [ack.status, ack.seq]),
        [["ok", 0], ["ok", 1], ["ok", 2]],
    );
    await pull(client);
    await push(client);
    await inspections(client);
    const running = await client.ksql("SHOW QUERIES;");
    const ended = await client.terminate(running.queries[0].id);
    assert.strictEqual(ended.commandStatus.status, "SUCCESS");
});
