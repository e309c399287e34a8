/* ksqldb-client-node: queries over HTTP/2 and nothing else, so statements go through fetch(). Its
 * first DATA frame must hold the header alone. */
"use strict";

const assert = require("assert");
const { KsqlDbClient } = require("ksqldb-client-node");
const { url, eventually, inTime, statement, run } = require("./case.js");

const PROPERTIES = { "auto.offset.reset": "earliest" };

async function all(stream) {
    const rows = [];
    for await (const some of stream) {
        rows.push(...some);
    }
    return rows;
}

async function push(session) {
    const stream = session.queryStream({
        sql: "SELECT * FROM ${NAME} EMIT CHANGES;",
        sessionVariables: { NAME: "orders" },
        properties: PROPERTIES,
    });
    const rows = [];
    stream.stream.on("data", (some) => rows.push(...some));
    const ended = new Promise((resolve) => stream.stream.on("end", resolve));
    await eventually("two rows", () => (rows.length >= 2 ? true : undefined));
    await statement("INSERT INTO orders (id, total) VALUES (3, 7.00);");
    await eventually("the third row", () => (rows.length >= 3 ? true : undefined));
    assert.deepStrictEqual(stream.columnNames, ["ID", "TOTAL"]);
    assert.deepStrictEqual(stream.columnTypes, ["INTEGER", "DECIMAL(6, 2)"]);
    assert.deepStrictEqual(rows, [
        { ID: 1, TOTAL: 19.99 },
        { ID: 2, TOTAL: 5 },
        { ID: 3, TOTAL: 7 },
    ]);
    await statement(`TERMINATE ${stream.queryId};`);
    await inTime("the push query's end", ended);
}

async function pull(session) {
    const rows = await eventually("the view's row", async () => {
        const found = await all(session.queryStream({ sql: "SELECT * FROM sums WHERE id = 2;" }));
        return found.length > 0 ? found : undefined;
    });
    assert.deepStrictEqual(rows, [{ ID: 2, N: 1 }]);
}

async function failures(session) {
    const stream = session.queryStream({ sql: "SELECT * FROM missing;" });
    await assert.rejects(all(stream));
    assert.strictEqual(stream.errorCode, 40001);
    assert.match(stream.errorMessage, /MISSING/);
}

/* A client that leaves takes its queries with it. */
async function leave(session) {
    const stream = session.queryStream({ sql: "SELECT * FROM orders EMIT CHANGES;" });
    stream.stream.on("error", () => {});
    stream.stream.resume();
    await eventually("the header", () => stream.queryId);
    session.destroy();
    await eventually("the query's end", async () => {
        const [{ queries }] = await statement("SHOW QUERIES;");
        return queries.every((query) => query.queryType !== "PUSH") ? true : undefined;
    });
}

run(async () => {
    await statement(
        "CREATE STREAM orders (id INTEGER KEY, total DECIMAL(6, 2))" +
            " WITH (KAFKA_TOPIC='orders', PARTITIONS=1, VALUE_FORMAT='JSON');" +
            "CREATE TABLE sums AS SELECT id, COUNT(*) AS n FROM orders GROUP BY id;" +
            "INSERT INTO orders (id, total) VALUES (1, 19.99);" +
            "INSERT INTO orders (id, total) VALUES (2, 5);",
    );
    const session = new KsqlDbClient({ url }).session();
    await push(session);
    await pull(session);
    await failures(session);
    await leave(session);
});
