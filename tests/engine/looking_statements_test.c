/* looking_statements_test.c
 *
 * SHOW, DESCRIBE, EXPLAIN and ASSERT TOPIC through the engine, as a client sees them. The shapes
 * are those of ksqlDB's REST API.
 */
#include "functions/registry.h"
#include "tests/engine/fixture.h"

static const char *const create_sources =
    "CREATE STREAM ORDERS (ID STRING KEY, AMOUNT INT, PRICE DECIMAL(6, 2), "
    "TAGS ARRAY<STRING>, ADDRESS STRUCT<CITY STRING>, RATES MAP<STRING, DOUBLE>) "
    "WITH (KAFKA_TOPIC = 'orders', VALUE_FORMAT = 'JSON', PARTITIONS = 2);"
    "CREATE TABLE USERS (ID STRING PRIMARY KEY, NAME STRING) "
    "WITH (KAFKA_TOPIC = 'users', VALUE_FORMAT = 'JSON', PARTITIONS = 1);";

static const char *const create_queries =
    "CREATE STREAM LARGE AS SELECT ID, AMOUNT FROM ORDERS WHERE AMOUNT > 10 EMIT CHANGES;"
    "CREATE TABLE TOTALS AS SELECT ID, SUM(AMOUNT) AS TOTAL FROM ORDERS "
    "WINDOW TUMBLING (SIZE 1 HOURS) GROUP BY ID EMIT CHANGES;";

static void produce(struct fixture *f, const char *topic, const char *const *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct record record = {
            .key = TEXT("k"), .value = text_of(values[i]), .time_ms = (int64_t)i};
        assert_ok(engine_produce(f->engine, topic, 0, &record, 1, true, &f->diag), &f->diag);
    }
    assert_ok(engine_run_until_idle(f->engine, -1, &f->diag), &f->diag);
}

/* --- SHOW --------------------------------------------------------------------------------- */

static void streams_and_tables_are_listed_by_name(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, create_sources);
    fixture_run(f, create_queries);
    const json_t *entity = fixture_run(f, "SHOW STREAMS;");
    assert_json_string(entity, "@type", "streams");
    assert_json_string(entity, "statementText", "SHOW STREAMS;");
    assert_json(entity, "warnings", "[]");
    assert_json(json_item(json_at(entity, "streams"), "name", "ORDERS"), "",
                "{\"type\": \"STREAM\", \"name\": \"ORDERS\", \"topic\": \"orders\","
                " \"keyFormat\": \"KAFKA\", \"valueFormat\": \"JSON\", \"isWindowed\": false}");
    assert_json_string(entity, "streams.1.name", "LARGE"); /* behind KSQL_PROCESSING_LOG */

    entity = fixture_run(f, "LIST TABLES;");
    assert_json_string(entity, "@type", "tables");
    assert_json_string(entity, "tables.0.name", "TOTALS");
    assert_json(entity, "tables.0.isWindowed", "true");
    assert_json(entity, "tables.1.isWindowed", "false");
}

static void extended_lists_of_sources_are_descriptions(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, create_sources);
    const json_t *entity = fixture_run(f, "SHOW TABLES EXTENDED;");
    assert_json_string(entity, "@type", "source_descriptions");
    assert_json_string(entity, "sourceDescriptions.0.name", "USERS");
    assert_json(entity, "sourceDescriptions.0.extended", "true");
    entity = fixture_run(f, "DESCRIBE TABLES;");
    assert_json_string(entity, "@type", "source_descriptions");
    assert_json(entity, "sourceDescriptions.0.extended", "false");
}

static void topics_are_listed_without_hidden_ones(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, create_sources);
    fixture_run(f, create_queries);
    assert_ok(engine_create_topic(f->engine, "_confluent-metrics", 1, &f->diag), &f->diag);
    assert_ok(engine_create_topic(f->engine, "not_confluent-metrics", 1, &f->diag), &f->diag);
    const json_t *entity = fixture_run(f, "SHOW TOPICS;");
    assert_json_string(entity, "@type", "kafka_topics");
    const json_t *topics = json_at(entity, "topics");
    assert_json(json_item(topics, "name", "orders"), "replicaInfo", "[1, 1]");
    assert_non_null(json_item(topics, "name", "not_confluent-metrics"));
    assert_null(json_item(topics, "name", "_confluent-metrics"));

    entity = fixture_run(f, "SHOW ALL TOPICS;");
    assert_non_null(json_item(json_at(entity, "topics"), "name", "_confluent-metrics"));

    entity = fixture_run(f, "SHOW TOPICS EXTENDED;");
    assert_json_string(entity, "@type", "kafka_topics_extended");
    const json_t *orders = json_item(json_at(entity, "topics"), "name", "orders");
    assert_json_int(orders, "consumerCount", 2);
    assert_json_int(orders, "consumerGroupCount", 2);
}

static void functions_are_those_of_the_registry(void **state)
{
    struct fixture *f = *state;
    struct arena arena;
    arena_init(&arena);
    const struct function_entry *entries = NULL;
    size_t count = 0;
    assert_ok(function_list(function_registry_builtin(), &arena, &entries, &count, &f->diag),
              &f->diag);
    const json_t *entity = fixture_run(f, "SHOW FUNCTIONS;");
    assert_json_string(entity, "@type", "function_names");
    const json_t *functions = json_at(entity, "functions");
    assert_int_equal(json_array_size(functions), count);
    for (size_t i = 0; i < count; i++) {
        assert_json_string(json_array_get(functions, i), "name", entries[i].name);
        assert_json_string(json_array_get(functions, i), "category", entries[i].category);
    }
    assert_json_string(json_item(functions, "name", "SUM"), "type", "AGGREGATE");
    assert_json_string(json_item(functions, "name", "EXPLODE"), "type", "TABLE");
    arena_release(&arena);
}

static void types_are_listed_as_schemas(void **state)
{
    struct fixture *f = *state;
    const json_t *entity =
        fixture_run(f, "CREATE TYPE PLACE AS STRUCT<CITY STRING, AREA DECIMAL(5, 1)>;"
                       "CREATE TYPE AGES AS MAP<STRING, INT>; SHOW TYPES;");
    assert_json_string(entity, "@type", "type_list");
    assert_json(entity, "types",
                "{\"AGES\": {\"type\": \"MAP\", \"fields\": null, \"memberSchema\":"
                "   {\"type\": \"INTEGER\", \"fields\": null, \"memberSchema\": null}},"
                " \"PLACE\": {\"type\": \"STRUCT\", \"memberSchema\": null, \"fields\": ["
                "   {\"name\": \"CITY\", \"schema\":"
                "     {\"type\": \"STRING\", \"fields\": null, \"memberSchema\": null}},"
                "   {\"name\": \"AREA\", \"schema\":"
                "     {\"type\": \"DECIMAL\", \"fields\": null, \"memberSchema\": null,"
                "      \"parameters\": {\"precision\": 5, \"scale\": 1}}}]}}");
}

static void variables_are_those_of_the_session(void **state)
{
    struct fixture *f = *state;
    const json_t *entity = fixture_run(f, "DEFINE TOPIC_NAME = 'orders'; SHOW VARIABLES;");
    assert_json_string(entity, "@type", "variables");
    assert_json(entity, "variables", "[{\"name\": \"TOPIC_NAME\", \"value\": \"orders\"}]");
}

static void properties_tell_what_the_session_has_overwritten(void **state)
{
    struct fixture *f = *state;
    const json_t *entity = fixture_run(f, "SET 'ksql.streams.num.stream.threads' = '2';"
                                          "SHOW PROPERTIES;");
    assert_json_string(entity, "@type", "properties");
    assert_json(entity, "overwrittenProperties", "[\"ksql.streams.num.stream.threads\"]");
    assert_json(
        json_item(json_at(entity, "properties"), "name", "ksql.streams.num.stream.threads"), "",
        "{\"name\": \"ksql.streams.num.stream.threads\", \"scope\": \"KSQL\", \"value\": \"2\","
        " \"editable\": true, \"level\": \"QUERY\"}");
    const json_t *reset =
        json_item(json_at(entity, "properties"), "name", "ksql.streams.auto.offset.reset");
    assert_json_string(reset, "value", "earliest"); /* the server's */
    assert_json(json_item(json_at(entity, "properties"), "name", "ksql.service.id"), "editable",
                "false");
}

static void there_are_no_connectors(void **state)
{
    struct fixture *f = *state;
    const json_t *entity = fixture_run(f, "SHOW CONNECTORS;");
    assert_json_string(entity, "@type", "connector_list");
    assert_json(entity, "connectors", "[]");
    entity = fixture_run(f, "SHOW CONNECTOR PLUGINS;");
    assert_json_string(entity, "@type", "connector_plugins_list");
    assert_json(entity, "connectorsPlugins", "[]");
    fixture_fail(f, "DESCRIBE CONNECTOR jdbc;", "Failed to query connector");
}

static void queries_show_their_state(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, create_sources);
    fixture_run(f, create_queries);
    const json_t *entity = fixture_run(f, "SHOW QUERIES;");
    assert_json_string(entity, "@type", "queries");
    assert_int_equal(json_array_size(json_at(entity, "queries")), 2);
    assert_json(entity, "queries.0.sinks", "[\"LARGE\"]");
    assert_json(entity, "queries.0.sinkKafkaTopics", "[\"LARGE\"]");
    assert_json(entity, "queries.0.statusCount", "{\"RUNNING\": 1}");
    assert_json_string(entity, "queries.0.queryType", "PERSISTENT");
    assert_json_string(entity, "queries.0.queryString",
                       "CREATE STREAM LARGE AS SELECT ID, AMOUNT FROM ORDERS WHERE AMOUNT > 10 "
                       "EMIT CHANGES;");
    entity = fixture_run(f, "PAUSE ALL; SHOW QUERIES;");
    assert_json(entity, "queries.1.statusCount", "{\"PAUSED\": 1}");
    assert_json_string(entity, "queries.1.state", "PAUSED");
}

static void open_push_queries_are_listed(void **state)
{
    struct fixture *f = *state;
    struct script *script = NULL;
    struct outcome outcome;
    fixture_run(f, create_sources);
    assert_ok(script_open(f->engine, f->session, TEXT("SELECT * FROM ORDERS EMIT CHANGES;"),
                          &script, &f->diag),
              &f->diag);
    assert_ok(script_step(script, &outcome, &f->diag), &f->diag);
    assert_int_equal(outcome.kind, OUTCOME_CURSOR);
    const json_t *entity = fixture_run(f, "SHOW QUERIES;");
    assert_json_string(entity, "queries.0.queryType", "PUSH");
    assert_json_string(entity, "queries.0.id", cursor_query_id(outcome.cursor));
    assert_json_string(entity, "queries.0.queryString", "SELECT * FROM ORDERS EMIT CHANGES;");
    assert_json_string(entity, "queries.0.state", "RUNNING");

    char explain[128];
    (void)snprintf(explain, sizeof(explain), "EXPLAIN %s;", cursor_query_id(outcome.cursor));
    entity = fixture_run(f, explain);
    assert_json_string(entity, "queryDescription.id", cursor_query_id(outcome.cursor));
    assert_json_string(entity, "queryDescription.state", "RUNNING");
    entity = fixture_run(f, "SHOW QUERIES EXTENDED;");
    assert_json_string(entity, "queryDescriptions.0.queryType", "PUSH");
    cursor_close(outcome.cursor);
    script_close(script);
    assert_json(fixture_run(f, "SHOW QUERIES;"), "queries", "[]");
    fixture_fail(f, explain, "use SHOW QUERIES to view the full set of queries");
    fixture_fail(f, "TERMINATE transient_ORDERS_1;",
                 "Failed to terminate query with query ID: 'transient_ORDERS_1'");
}

static void extended_queries_are_descriptions_with_ledgers(void **state)
{
    struct fixture *f = *state;
    static const char *const values[] = {"{\"AMOUNT\": 5}", "{\"AMOUNT\": 50}", "{not json"};
    fixture_run(f, create_sources);
    fixture_run(f, create_queries);
    produce(f, "orders", values, 3);
    const json_t *entity = fixture_run(f, "SHOW QUERIES EXTENDED;");
    assert_json_string(entity, "@type", "query_descriptions");
    const json_t *large = json_at(entity, "queryDescriptions.0");
    assert_json(large, "sources", "[\"ORDERS\"]");
    assert_json(large, "sinks", "[\"LARGE\"]");
    assert_json(large, "ksqlHostQueryStatus", "{\"leat:8099\": \"RUNNING\"}");
    assert_json(large, "queryErrors", "[]");
    assert_json(large, "windowType", "null");
    assert_json(large, "ledger",
                "{\"recordsIn\": 3, \"recordsUsed\": 1, \"recordsFiltered\": 1, \"recordsLate\": 0,"
                " \"recordsFailed\": 1, \"recordsOut\": 1, \"lag\": 0}");
    assert_json_string(large, "topicOffsets.0.kafkaTopic", "orders");
    assert_json_string(entity, "queryDescriptions.1.windowType", "TUMBLING");
}

static void every_change_is_emitted_where_the_cache_is_off(void **state)
{
    static const char *const values[] = {"{\"AMOUNT\": 1}", "{\"AMOUNT\": 2}"};
    struct fixture *f = *state;
    fixture_run(f, create_sources);
    fixture_run(f, "CREATE TABLE MERGED AS SELECT ID, COUNT(*) AS N FROM ORDERS GROUP BY ID;"
                   "SET 'cache.max.bytes.buffering' = '0';"
                   "CREATE TABLE EACH AS SELECT ID, COUNT(*) AS N FROM ORDERS GROUP BY ID;");
    produce(f, "orders", values, 2);
    const json_t *merged = fixture_run(f, "DESCRIBE MERGED EXTENDED;");
    assert_json_int(merged, "sourceDescription.writeQueries.0.ledger.recordsOut", 1);
    const json_t *each = fixture_run(f, "DESCRIBE EACH EXTENDED;");
    assert_json_int(each, "sourceDescription.writeQueries.0.ledger.recordsOut", 2);
}

static void a_query_that_stopped_shows_its_error(void **state)
{
    struct fixture *f = *state;
    static const char *const values[] = {"{\"PRICE\": 9000.00}", "{\"PRICE\": 9000.00}"};
    fixture_run(f, create_sources);
    fixture_run(f, "CREATE TABLE PRICES AS SELECT ID, SUM(PRICE) AS P FROM ORDERS GROUP BY ID "
                   "EMIT CHANGES;");
    produce(f, "orders", values, 2);
    const json_t *entity = fixture_run(f, "SHOW QUERIES;");
    assert_json(entity, "queries.0.statusCount", "{\"ERROR\": 1}");
    entity = fixture_run(f, "SHOW QUERIES EXTENDED;");
    const json_t *error = json_at(entity, "queryDescriptions.0.queryErrors.0");
    assert_json_int(error, "timestamp", 1000);
    assert_true(strlen(json_string_value(json_at(error, "errorMessage"))) > 0);
    assert_json_string(entity, "queryDescriptions.0.state", "ERROR");
}

/* --- DESCRIBE ----------------------------------------------------------------------------- */

static void a_description_shows_columns_and_queries(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, create_sources);
    fixture_run(f, create_queries);
    const json_t *entity = fixture_run(f, "DESCRIBE ORDERS;");
    assert_json_string(entity, "@type", "sourceDescription");
    const json_t *orders = json_at(entity, "sourceDescription");
    assert_json_string(orders, "name", "ORDERS");
    assert_json_string(orders, "type", "STREAM");
    assert_json(orders, "windowType", "null");
    assert_json_string(orders, "topic", "orders");
    assert_json_int(orders, "partitions", 2);
    assert_json_int(orders, "replication", 1);
    assert_json(orders, "extended", "false");
    assert_json_string(orders, "statistics", "");
    assert_json(orders, "fields.0",
                "{\"name\": \"ID\", \"type\": \"KEY\", \"schema\":"
                " {\"type\": \"STRING\", \"fields\": null, \"memberSchema\": null}}");
    assert_json(orders, "fields.2.schema.parameters", "{\"precision\": 6, \"scale\": 2}");
    assert_json_string(orders, "fields.3.schema.memberSchema.type", "STRING");
    assert_json_string(orders, "fields.4.schema.fields.0.name", "CITY");
    assert_json_string(orders, "fields.5.schema.memberSchema.type", "DOUBLE");
    assert_int_equal(json_array_size(json_at(orders, "readQueries")), 2);
    assert_json(orders, "writeQueries", "[]");
    assert_json(orders, "sourceConstraints", "[\"LARGE\", \"TOTALS\"]");

    entity = fixture_run(f, "DESCRIBE TOTALS;");
    assert_json_string(entity, "sourceDescription.windowType", "TUMBLING");
    assert_json(entity, "sourceDescription.writeQueries.0.sinks", "[\"TOTALS\"]");
}

static void an_extended_description_shows_the_ledger(void **state)
{
    struct fixture *f = *state;
    static const char *const values[] = {"{\"AMOUNT\": 5}", "{\"AMOUNT\": 50}", "{not json"};
    fixture_run(f, create_sources);
    fixture_run(f, create_queries);
    produce(f, "orders", values, 3);
    const json_t *entity = fixture_run(f, "DESCRIBE LARGE EXTENDED;");
    const json_t *large = json_at(entity, "sourceDescription");
    assert_json(large, "extended", "true");
    assert_json_int(large, "writeQueries.0.ledger.recordsIn", 3);
    assert_json_int(large, "writeQueries.0.ledger.recordsFailed", 1);
    assert_non_null(
        strstr(json_string_value(json_at(large, "statistics")),
               "writes: records-in: 3  used: 1  filtered: 1  late: 0  failed: 1  records-out: 1"));
    assert_non_null(strstr(json_string_value(json_at(large, "errorStats")), "failed-records: 1"));
    assert_json_string(large, "queryOffsetSummaries.0.topicSummaries.0.kafkaTopic", "orders");
    assert_json_int(large, "queryOffsetSummaries.0.topicSummaries.0.offsets.0.consumerOffset", 3);
    assert_json(large, "clusterStatistics.1",
                "{\"host\": {\"host\": \"leat\", \"port\": 8099}, \"name\": \"total-messages\","
                " \"value\": 1, \"timestamp\": 1000}");
    assert_json_string(large, "schema", "`ID` STRING KEY, `AMOUNT` INTEGER");
    assert_json(large, "isSource", "false");
}

static void the_engine_describes_a_source_for_tools(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, "CREATE STREAM S (K STRING KEY, V INT) WITH (KAFKA_TOPIC = 's', FORMAT = "
                   "'JSON', WRAP_SINGLE_VALUE = FALSE, PARTITIONS = 1);");
    assert_null(engine_describe(f->engine, "NO_SUCH"));
    json_t *description = engine_describe(f->engine, "S");
    assert_json_string(description, "name", "S");
    assert_json(description, "keyFeatures", "[\"UNWRAP_SINGLES\"]");
    assert_json(description, "valueFeatures", "[\"UNWRAP_SINGLES\"]");
    json_decref(description);
}

static void a_source_that_does_not_exist_is_refused(void **state)
{
    struct fixture *f = *state;
    fixture_fail(f, "DESCRIBE NO_SUCH;", "Could not find STREAM/TABLE 'NO_SUCH' in the Metastore");
    assert_int_equal(f->diag.status, STATUS_MISSING);
    assert_int_equal(f->diag.pos.column, 10);
}

static void a_function_prints_its_manual(void **state)
{
    struct fixture *f = *state;
    const json_t *entity = fixture_run(f, "DESCRIBE FUNCTION substring;");
    assert_json_string(entity, "@type", "describe_function");
    assert_json_string(entity, "name", "SUBSTRING");
    assert_json_string(entity, "type", "SCALAR");
    assert_json_string(entity, "path", "internal");
    assert_true(strlen(json_string_value(json_at(entity, "description"))) > 10);
    assert_true(json_array_size(json_at(entity, "functions")) >= 2);
    assert_true(json_is_string(json_at(entity, "functions.0.returnType")));
    assert_true(json_is_boolean(json_at(entity, "functions.0.arguments.0.isVariadic")));
    fixture_fail(f, "DESCRIBE FUNCTION NO_SUCH;",
                 "Can't find any functions with the name 'NO_SUCH'");
}

/* --- EXPLAIN ------------------------------------------------------------------------------ */

static void explaining_a_statement_has_no_effects(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, create_sources);
    const json_t *entity = fixture_run(f, "EXPLAIN CREATE STREAM LARGE AS SELECT ID, AMOUNT FROM "
                                          "ORDERS WHERE AMOUNT > 10 EMIT CHANGES;");
    assert_json_string(entity, "@type", "queryDescription");
    const json_t *description = json_at(entity, "queryDescription");
    assert_json(description, "sources", "[\"ORDERS\"]");
    assert_json(description, "sinks", "[\"LARGE\"]");
    assert_json_string(description, "fields.0.name", "ID");
    assert_json_string(description, "queryType", "PERSISTENT");
    assert_json(description, "ksqlHostQueryStatus", "{}");
    assert_true(strlen(json_string_value(json_at(description, "executionPlan"))) > 0);
    assert_json_string(description, "topology", "Source topic: orders\nSink topic: LARGE\n");
    assert_json(fixture_run(f, "SHOW QUERIES;"), "queries", "[]");
    fixture_fail(f, "DESCRIBE LARGE;", "Could not find STREAM/TABLE");
}

static void a_push_query_is_explained(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, create_sources);
    const json_t *entity = fixture_run(f, "EXPLAIN SELECT * FROM ORDERS EMIT CHANGES;");
    assert_json_string(entity, "queryDescription.queryType", "PUSH");
    assert_json_string(entity, "queryDescription.statementText",
                       "SELECT * FROM ORDERS EMIT CHANGES;");
    assert_json(entity, "queryDescription.sinks", "[]");
    assert_json(entity, "queryDescription.state", "null");
}

static void a_pull_query_is_explained(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, create_sources);
    fixture_run(f, create_queries);
    const json_t *entity = fixture_run(f, "EXPLAIN SELECT * FROM TOTALS WHERE ID = 'a';");
    assert_json_string(entity, "queryDescription.queryType", "PULL");
    assert_json(entity, "queryDescription.sources", "[\"TOTALS\"]");
    assert_json_string(entity, "queryDescription.fields.0.name", "ID");
    assert_true(strlen(json_string_value(json_at(entity, "queryDescription.executionPlan"))) > 0);
}

static void a_running_query_is_explained_by_its_id(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, create_sources);
    fixture_run(f, create_queries);
    const json_t *entity = fixture_run(f, "SHOW QUERIES;");
    char sql[128];
    snprintf(sql, sizeof(sql), "EXPLAIN %s;", json_string_value(json_at(entity, "queries.0.id")));
    entity = fixture_run(f, sql);
    assert_json(entity, "queryDescription.sinks", "[\"LARGE\"]");
    assert_json_string(entity, "queryDescription.state", "RUNNING");
    fixture_fail(f, "EXPLAIN CSAS_NO_SUCH_1;", "Query with id:CSAS_NO_SUCH_1 does not exist");
    fixture_fail(f, "EXPLAIN SHOW STREAMS;", "The provided statement does not run a ksql query");
}

/* --- ASSERT TOPIC ------------------------------------------------------------------------- */

static void an_assertion_that_holds_says_so(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, create_sources);
    const json_t *entity =
        fixture_run(f, "ASSERT TOPIC `orders` WITH (PARTITIONS = 2, REPLICAS = 1);");
    assert_json_string(entity, "@type", "assert_topic");
    assert_json_string(entity, "topicName", "orders");
    assert_json(entity, "exists", "true");
    entity = fixture_run(f, "ASSERT NOT EXISTS TOPIC `other`;");
    assert_json(entity, "exists", "false");
}

static void an_assertion_that_does_not_hold_fails_after_its_timeout(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, create_sources);
    fixture_fail(f, "ASSERT TOPIC `other` TIMEOUT 10 MILLISECONDS;", "Topic other does not exist");
    fixture_fail(f, "ASSERT NOT EXISTS TOPIC `orders` TIMEOUT 10 MILLISECONDS;",
                 "Topic orders exists");
    fixture_fail(f, "ASSERT TOPIC `orders` WITH (PARTITIONS = 3) TIMEOUT 10 MILLISECONDS;",
                 "Mismatched configuration for topic orders: For config partitions, expected 3 "
                 "got 2");
    fixture_fail(f, "ASSERT TOPIC `orders` WITH (COLOUR = 3);",
                 "Cannot assert unknown topic property: COLOUR");
}

/* --- Memory ------------------------------------------------------------------------------- */

static long json_allocations_left; /* before one fails; negative: none does */

static void *failing_malloc(size_t bytes)
{
    if (json_allocations_left == 0) {
        return NULL;
    }
    json_allocations_left -= json_allocations_left > 0;
    return malloc(bytes);
}

/* Fails each allocation of JSON in turn until the statement gets through. */
static void check_json_failures(struct fixture *f, const char *sql)
{
    enum status status = STATUS_NO_MEMORY;
    long count = 0;
    json_set_alloc_funcs(failing_malloc, free);
    for (; status != STATUS_OK && count < 5000; count++) {
        json_allocations_left = count;
        status = fixture_try(f, sql);
        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
    }
    json_allocations_left = -1;
    assert_int_equal(status, STATUS_OK);
    assert_true(count > 1);
}

static void no_memory_for_an_entity_is_reported(void **state)
{
    static const char *const statements[] = {
        "SHOW STREAMS;",          "SHOW TABLES EXTENDED;",     "SHOW TOPICS EXTENDED;",
        "SHOW QUERIES;",          "SHOW QUERIES EXTENDED;",    "SHOW TYPES;",
        "SHOW VARIABLES;",        "DESCRIBE ORDERS EXTENDED;", "DESCRIBE FUNCTION ABS;",
        "ASSERT TOPIC `orders`;",
    };
    struct fixture *f = *state;
    fixture_run(f, create_sources);
    fixture_run(f, create_queries);
    fixture_run(f, "CREATE TYPE PLACE AS STRUCT<CITY STRING>; DEFINE A = 'b';");
    for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
        check_json_failures(f, statements[i]);
    }
}

#define LOOKING_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOKING_TEST(streams_and_tables_are_listed_by_name),
        LOOKING_TEST(extended_lists_of_sources_are_descriptions),
        LOOKING_TEST(topics_are_listed_without_hidden_ones),
        LOOKING_TEST(functions_are_those_of_the_registry),
        LOOKING_TEST(types_are_listed_as_schemas),
        LOOKING_TEST(variables_are_those_of_the_session),
        LOOKING_TEST(properties_tell_what_the_session_has_overwritten),
        LOOKING_TEST(there_are_no_connectors),
        LOOKING_TEST(queries_show_their_state),
        LOOKING_TEST(open_push_queries_are_listed),
        LOOKING_TEST(extended_queries_are_descriptions_with_ledgers),
        LOOKING_TEST(every_change_is_emitted_where_the_cache_is_off),
        LOOKING_TEST(a_query_that_stopped_shows_its_error),
        LOOKING_TEST(a_description_shows_columns_and_queries),
        LOOKING_TEST(an_extended_description_shows_the_ledger),
        LOOKING_TEST(the_engine_describes_a_source_for_tools),
        LOOKING_TEST(a_source_that_does_not_exist_is_refused),
        LOOKING_TEST(a_function_prints_its_manual),
        LOOKING_TEST(explaining_a_statement_has_no_effects),
        LOOKING_TEST(a_push_query_is_explained),
        LOOKING_TEST(a_pull_query_is_explained),
        LOOKING_TEST(a_running_query_is_explained_by_its_id),
        LOOKING_TEST(an_assertion_that_holds_says_so),
        LOOKING_TEST(an_assertion_that_does_not_hold_fails_after_its_timeout),
        LOOKING_TEST(no_memory_for_an_entity_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
