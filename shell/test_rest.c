/* test_rest.c
 *
 * One thread asks and everything else happens on the server's own: the inputs of a push query are
 * produced from within the answer's first line, when the server has said that the query runs.
 * The first answer that is an error ends the case, be it expected or not; what the runner itself
 * cannot do (no server, no connection) never passes for an expected error.
 */
#include "shell/test_rest.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "formats/json_value.h"
#include "server/server.h"
#include "shell/shell_client.h"
#include "shell/test_output.h"
#include "shell/test_proto.h"
#include "shell/test_rest_compare.h"
#include "shell/version.h"

enum {
    HTTP_OK = 200,
    /* A query that has not given all its rows by then never will. */
    QUERY_MS_MAX = 10000,
    /* After its last expected row an endless query is listened to for one row too many. */
    QUIET_MS = 200,
    IDLE_MS_MAX = 20000,
};

struct rest_run {
    struct test_stage *stage;
    struct server *server;
    struct shell_client *client;
    struct buffer request;
    struct buffer answer;
    const struct tree *response;  /* the next expected one; NULL: no more */
    const struct tree *statement; /* to which it is the answer; NULL: no more */
    bool is_proto;                /* queries are asked for in protobuf */
    bool has_to_produce;          /* the inputs, as soon as a query has sent its header */
    long error_code;              /* HTTP status of the error that ended the case; 0: none yet */
};

static bool get_flag(const struct tree *body, struct text object, struct text name)
{
    const struct tree *flag = tree_find(tree_find(body, object), name);
    return tree_is(flag, TREE_BOOLEAN) && text_equal(flag->text, TEXT("true"));
}

static bool is_query(const struct tree *statement)
{
    return text_starts_with(statement->text, TEXT("SELECT "));
}

/* --- Requests ----------------------------------------------------------------------------- */

static void write_request(struct rest_run *run, struct text sql)
{
    buffer_reset(&run->request);
    buffer_reset(&run->answer);
    buffer_append_string(&run->request, run->is_proto ? "{\"sql\":" : "{\"ksql\":");
    json_write_text(&run->request, sql);
    buffer_append_string(&run->request,
                         run->is_proto ? ",\"properties\":{}}" : ",\"streamsProperties\":{}}");
}

/* The answer as a tree that lives as long as the stage. */
static enum status parse_answer(struct rest_run *run, const struct tree **out)
{
    struct test_stage *stage = run->stage;
    const struct text copy = arena_text(&stage->arena, buffer_text(&run->answer));
    TRY(buffer_status(&run->answer, stage->diag));
    if (!copy.data) {
        return diag_no_memory(stage->diag);
    }
    const enum status status = tree_parse(&stage->arena, copy, out, stage->diag);
    if (status != STATUS_OK) {
        diag_prefix(stage->diag, "the answer is no JSON: %.*s\n", TEXT_ARGS(copy));
    }
    return status;
}

/* --- Statements --------------------------------------------------------------------------- */

/* On to the next answer. Statements are counted as answers are, as in ksqlDB's runner: one that
 * has none (SET, INSERT) must not stand before one whose text an answer refers to. */
static void next_response(struct rest_run *run)
{
    run->response = run->response->next;
    run->statement = run->statement ? run->statement->next : NULL;
}

static enum status check_entity(struct rest_run *run, const struct tree *entity)
{
    const struct tree *expected = tree_find(run->response, TEXT("admin"));
    const struct text statement = run->statement ? run->statement->text : TEXT("");
    if (!expected || !test_rest_matches(entity, expected, statement)) {
        return diag_fail(run->stage->diag, STATUS_INVALID, SQL_POS_NONE,
                         "%.*s\n  expected: %.*s\n  actual:   %.*s", TEXT_ARGS(statement),
                         TEXT_ARGS(run->response->source), TEXT_ARGS(entity->source));
    }
    next_response(run);
    return STATUS_OK;
}

/* A case need not expect anything of the last answers. */
static enum status check_entities(struct rest_run *run)
{
    const struct tree *list = NULL;
    TRY(parse_answer(run, &list));
    for (const struct tree *entity = list->first; entity && run->response; entity = entity->next) {
        TRY(check_entity(run, entity));
    }
    return STATUS_OK;
}

static enum status send_script(struct rest_run *run, struct text sql)
{
    struct test_stage *stage = run->stage;
    long code = 0;
    write_request(run, sql);
    TRY(buffer_status(&run->request, stage->diag));
    TRY(shell_client_request(run->client, "/ksql", buffer_text(&run->request), &run->answer, &code,
                             stage->diag));
    if (code != HTTP_OK) {
        run->error_code = code; /* the error is in run->answer */
        return STATUS_OK;
    }
    return check_entities(run);
}

static enum status run_statements(struct rest_run *run)
{
    struct test_stage *stage = run->stage;
    struct buffer sql;
    enum status status = STATUS_OK;
    buffer_init(&sql);
    for (const struct tree *item = stage->statements; item && status == STATUS_OK;
         item = item->next) {
        if (!is_query(item)) {
            buffer_append_text(&sql, item->text);
            buffer_append_byte(&sql, '\n');
            status = test_stage_create_needed_topics(stage, item->text);
        }
    }
    if (status == STATUS_OK) {
        status = buffer_status(&sql, stage->diag);
    }
    if (status == STATUS_OK && sql.bytes > 0) {
        status = send_script(run, buffer_text(&sql));
    }
    buffer_release(&sql);
    return status;
}

/* --- Inputs ------------------------------------------------------------------------------- */

/* The persistent queries have used the inputs when this returns. */
static enum status produce(struct rest_run *run)
{
    struct test_stage *stage = run->stage;
    TRY(test_stage_create_record_topics(stage));
    TRY(test_stage_produce(stage));
    return engine_run_until_idle(stage->engine, IDLE_MS_MAX, stage->diag);
}

/* --- Queries ------------------------------------------------------------------------------ */

/* The rows of one query on their way in. */
struct reading {
    struct rest_run *run;
    size_t row_count;
    size_t enough; /* rows after which an endless query is left */
    int64_t start_ms;
    int64_t last_ms;    /* when the newest row came */
    enum status status; /* of the inputs that it produces */
};

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool take_line(void *context, struct text line)
{
    struct reading *reading = context;
    struct rest_run *run = reading->run;
    buffer_append_text(&run->answer, line);
    reading->row_count += line.bytes > 1; /* a bracket alone is no row */
    reading->last_ms = now_ms();
    if (run->has_to_produce) {
        run->has_to_produce = false;
        reading->status = produce(run);
    }
    return reading->status == STATUS_OK;
}

static bool tick(void *context)
{
    const struct reading *reading = context;
    const int64_t ms = now_ms();
    if (reading->row_count >= reading->enough) {
        return ms - reading->last_ms < QUIET_MS;
    }
    return ms - reading->start_ms < QUERY_MS_MAX;
}

/* Closes the list of rows where the query was left before its end. */
static void close_rows(struct buffer *rows)
{
    if (rows->bytes > 0 && rows->data[rows->bytes - 1] == ',') {
        rows->data[rows->bytes - 1] = ']';
    }
}

static size_t count_enough(const struct tree *rows)
{
    const struct tree *last = rows ? rows->first : NULL;
    while (last && last->next) {
        last = last->next;
    }
    return last && !tree_find(last, TEXT("finalMessage")) ? rows->count : SIZE_MAX;
}

static enum status check_rows(struct rest_run *run, const struct tree *statement)
{
    struct test_stage *stage = run->stage;
    const struct tree *expected =
        tree_find(run->response, run->is_proto ? TEXT("queryProto") : TEXT("query"));
    const struct tree *rows = NULL;
    if (!run->response) {
        return STATUS_OK;
    }
    if (!tree_is(expected, TREE_ARRAY)) {
        return diag_fail(stage->diag, STATUS_INVALID, SQL_POS_NONE,
                         "%.*s\n  this kind of answer is not known: %.*s",
                         TEXT_ARGS(statement->text), TEXT_ARGS(run->response->source));
    }
    close_rows(&run->answer);
    TRY(parse_answer(run, &rows));
    if (run->is_proto) {
        TRY(test_proto_read_rows(&stage->arena, rows, &rows, stage->diag));
    }
    next_response(run);
    return test_rest_compare_rows(
        &stage->arena, rows, expected, statement->text,
        get_flag(stage->body, TEXT("outputConditions"), TEXT("verifyOrder")), stage->diag);
}

static enum status run_query(struct rest_run *run, const struct tree *statement)
{
    struct test_stage *stage = run->stage;
    struct reading reading = {.run = run,
                              .enough = count_enough(tree_find(run->response, TEXT("query"))),
                              .start_ms = now_ms()};
    const struct shell_sink sink = {take_line, tick, &reading};
    long code = 0;
    write_request(run, statement->text);
    TRY(buffer_status(&run->request, stage->diag));
    TRY(shell_client_stream(run->client, run->is_proto ? "/query-stream" : "/query",
                            buffer_text(&run->request), &sink, &run->answer, &code, stage->diag));
    TRY(reading.status);
    if (code != HTTP_OK && code != 0) {
        run->error_code = code; /* the error is in run->answer */
        return STATUS_OK;
    }
    return check_rows(run, statement);
}

static enum status run_queries(struct rest_run *run)
{
    for (const struct tree *item = run->stage->statements; item && run->error_code == 0;
         item = item->next) {
        if (is_query(item)) {
            TRY(run_query(run, item));
        }
    }
    return STATUS_OK;
}

/* --- The end ------------------------------------------------------------------------------ */

static enum status fail(struct rest_run *run, const char *why)
{
    return diag_fail(run->stage->diag, STATUS_INVALID, SQL_POS_NONE, "%s\n  status %ld: %.*s", why,
                     run->error_code, TEXT_ARGS(buffer_text(&run->answer)));
}

/* What the entity of an error calls itself, by ksqlDB's class for it. */
static bool has_type(const struct tree *error, struct text class_name)
{
    static const struct {
        const char *class_name;
        const char *type;
    } rows[] = {
        {"io.confluent.ksql.rest.entity.KsqlStatementErrorMessage", "statement_error"},
        {"io.confluent.ksql.rest.entity.KsqlErrorMessage", "generic_error"},
    };
    const struct tree *type = tree_find(error, TEXT("@type"));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (text_equal(text_of(rows[i].class_name), class_name)) {
            return type && text_equal(text_of(rows[i].type), type->text);
        }
    }
    return false;
}

static enum status check_error(struct rest_run *run, const struct tree *expected)
{
    struct test_stage *stage = run->stage;
    struct text message;
    struct text type;
    int64_t code = 0;
    const struct tree *error = NULL;
    TRY(tree_get_text(expected, "message", &message, stage->diag));
    TRY(tree_get_text(expected, "type", &type, stage->diag));
    TRY(tree_get_int64(expected, "status", run->error_code, &code, stage->diag));
    if (run->error_code == 0) {
        return fail(run, "it should have failed");
    }
    TRY(parse_answer(run, &error));
    const struct tree *actual = tree_find(error, TEXT("message"));
    if (code != run->error_code || (type.data && !has_type(error, type)) || !actual ||
        (message.data &&
         !memmem(actual->text.data, actual->text.bytes, message.data, message.bytes))) {
        return diag_fail(stage->diag, STATUS_INVALID, SQL_POS_NONE,
                         "it failed in another way\n  expected: %.*s\n  actual:   %ld %.*s",
                         TEXT_ARGS(expected->source), run->error_code, TEXT_ARGS(error->source));
    }
    return STATUS_OK;
}

static enum status judge(struct rest_run *run)
{
    struct test_stage *stage = run->stage;
    const struct tree *expected = tree_find(stage->body, TEXT("expectedError"));
    if (!tree_is_null(expected)) {
        return check_error(run, expected);
    }
    if (run->error_code != 0) {
        return fail(run, "it failed");
    }
    if (run->response) {
        return diag_fail(stage->diag, STATUS_INVALID, SQL_POS_NONE, "there is no answer for %.*s",
                         TEXT_ARGS(run->response->source));
    }
    TRY(engine_run_until_idle(stage->engine, IDLE_MS_MAX, stage->diag));
    return test_output_check(&stage->arena, stage->engine, stage->outputs, stage->diag);
}

/* --- The server --------------------------------------------------------------------------- */

static enum status open_client(struct rest_run *run, const char *accept)
{
    struct test_stage *stage = run->stage;
    const struct shell_client_options options = {.accept = accept};
    char url[64];
    shell_client_destroy(run->client);
    run->client = NULL;
    TRY(shell_client_create(&options, &run->client, stage->diag));
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u", server_port(run->server, 0));
    return shell_client_set_url(run->client, text_of(url), stage->diag);
}

static enum status open_server(struct rest_run *run)
{
    struct test_stage *stage = run->stage;
    TRY(test_stage_open_engine(stage, true));
    const struct server_options options = {.engine = stage->engine,
                                           .addresses = {{.host = "127.0.0.1"}},
                                           .address_count = 1,
                                           .version = LEAT_VERSION};
    TRY(server_open(&options, &run->server, stage->diag));
    return open_client(run, NULL);
}

/* Asks all queries again, in protobuf, where the case has answers left that are such. */
static enum status run_proto_queries(struct rest_run *run)
{
    if (run->error_code != 0 || !tree_find(run->response, TEXT("queryProto"))) {
        return STATUS_OK;
    }
    TRY(open_client(run, "application/vnd.ksql.v1+protobuf"));
    run->is_proto = true;
    return run_queries(run);
}

static enum status execute(struct rest_run *run)
{
    TRY(open_server(run));
    TRY(test_stage_create_listed_topics(run->stage));
    TRY(test_stage_register_schemas(run->stage, (struct text){NULL, 0}));
    TRY(run_statements(run));
    if (run->error_code == 0 && !run->has_to_produce) {
        TRY(produce(run));
    }
    TRY(run_queries(run));
    TRY(run_proto_queries(run));
    return judge(run);
}

enum status test_rest_run(struct test_stage *stage)
{
    struct rest_run run = {
        .stage = stage,
        .statement = stage->statements,
        .has_to_produce =
            get_flag(stage->body, TEXT("inputConditions"), TEXT("waitForActivePushQuery")),
    };
    TRY(tree_get_items(stage->body, "responses", &run.response, stage->diag));
    buffer_init(&run.request);
    buffer_init(&run.answer);
    const enum status status = execute(&run);
    shell_client_destroy(run.client);
    server_close(run.server);
    buffer_release(&run.answer);
    buffer_release(&run.request);
    return status;
}
