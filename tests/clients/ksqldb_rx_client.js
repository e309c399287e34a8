/* ksqldb-rx-client: HTTP/1.1 for statements, an HTTP/2 connection for queries. It has no call for
 * /inserts-stream and none that ends a query: rows go in by INSERT, and TERMINATE ends one. */
"use strict";

const assert = require("assert");
const { firstValueFrom, lastValueFrom, toArray } = require("rxjs");
const { KsqlDBClient } = require("ksqldb-rx-client");
const { url, eventually, inTime, run } = require("./case.js");

const EARLIEST = { "auto.offset.reset": "earliest" };

async function push(client) {
    const sql = "SELECT id, price FROM trades EMIT CHANGES";
    const limited = await inTime(
        "LIMIT to end the query",
        lastValueFrom(
            client.queryStream({ sql: `${sql} LIMIT 2;`, properties: EARLIEST }).pipe(toArray()),
        ),
    );
    assert.deepStrictEqual(limited, [
        { ID: "x", PRICE: 1.5 },
        { ID: "y", PRICE: 2.25 },
    ]);

    const rows = client.queryStream({ sql: `${sql};`, properties: {} });
    const first = firstValueFrom(rows);
    const ended = lastValueFrom(rows.pipe(toArray()));
    const queryId = await eventually("the push query in the list", async () => {
        const [{ queries }] = await client.statement("SHOW QUERIES;");
        return queries.find((query) => query.queryType === "PUSH")?.id;
    });
    await client.statement("INSERT INTO trades (id, price) VALUES ('z', 3.0);");
    assert.deepStrictEqual(await inTime("a row", first), { ID: "z", PRICE: 3 });
    await client.statement(`TERMINATE ${queryId};`);
    assert.deepStrictEqual(await inTime("the end", ended), [{ ID: "z", PRICE: 3 }]);
}

async function pull(client) {
    const row = await eventually("the view's row", async () => {
        const rows = await lastValueFrom(
            client.queryStream({ sql: "SELECT * FROM latest WHERE id = 'x';" }).pipe(toArray()),
        );
        return rows[0];
    });
    assert.deepStrictEqual(row, { ID: "x", PRICE: 1.5 });
}

run(async () => {
    const client = new KsqlDBClient(url);
    assert.strictEqual((await client.getInfo()).KsqlServerInfo.serverStatus, "RUNNING");
    assert.strictEqual((await client.getHealthcheck()).isHealthy, true);
    await client.statement(
        "CREATE STREAM trades (id VARCHAR KEY, price DOUBLE)" +
            " WITH (KAFKA_TOPIC='trades', PARTITIONS=1, VALUE_FORMAT='JSON');",
    );
    const [view] = await client.statement(
        "CREATE TABLE latest AS SELECT id, LATEST_BY_OFFSET(price) AS price FROM trades" +
            " GROUP BY id;",
        { streamsProperties: EARLIEST },
    );
    assert.strictEqual(view.commandStatus.status, "SUCCESS");
    assert.ok((await client.listStreams()).streams.some((stream) => stream.name === "TRADES"));
    assert.strictEqual((await client.listTables()).tables[0].name, "LATEST");
    const described = (await client.listStreamsExtended()).sourceDescriptions;
    assert.ok(described.some((source) => source.name === "TRADES"));
    assert.strictEqual(
        (await client.listTablesExtended()).sourceDescriptions[0].fields.length,
        2,
    );
    await client.statement("INSERT INTO trades (id, price) VALUES ('x', 1.5);");
    await client.statement("INSERT INTO trades (id, price) VALUES ('y', 2.25);");
    await push(client);
    await pull(client);
    const [ended] = await client.statement(`TERMINATE ${view.commandStatus.queryId};`);
    assert.strictEqual(ended.commandStatus.status, "SUCCESS");
    client.close();
});
