/* error_code.h: the error codes of ksqlDB's REST API, their HTTP statuses, and error bodies.
 *
 * Source: ksqlDB's Errors, KsqlErrorMessage and KsqlStatementErrorMessage; codes that ksqlDB
 * does not have are the HTTP status times 100. Thread: any. */
#ifndef SERVER_ERROR_CODE_H
#define SERVER_ERROR_CODE_H

#include <jansson.h>

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"

enum error_code {
    ERROR_BAD_REQUEST = 40000,
    ERROR_BAD_STATEMENT = 40001,
    ERROR_QUERY_ENDPOINT = 40002, /* a SELECT or PRINT sent to /ksql */
    ERROR_MAX_PUSH_QUERIES = 40003,
    ERROR_HTTP2_ONLY = 40004,
    ERROR_UNAUTHORIZED = 40100,
    ERROR_FORBIDDEN = 40300,
    ERROR_NOT_FOUND = 40400,
    ERROR_METHOD_NOT_ALLOWED = 40500,
    ERROR_NOT_ACCEPTABLE = 40600,
    ERROR_TIMEOUT = 40800,
    ERROR_BODY_TOO_LARGE = 41300,
    ERROR_TARGET_TOO_LONG = 41400,
    ERROR_ASSERT_FAILED = 41700,
    ERROR_UPGRADE_REQUIRED = 42600,
    ERROR_TOO_MANY_REQUESTS = 42900,
    ERROR_HEADERS_TOO_LARGE = 43100,
    ERROR_INTERNAL = 50000,
    ERROR_UNKNOWN_METHOD = 50100,
    ERROR_COMMAND_QUEUE_TIMEOUT = 50301,
    ERROR_NOT_READY = 50302,
    ERROR_SHUTTING_DOWN = 50303,
    ERROR_TERMINATED = 50304, /* after /ksql/terminate */
    ERROR_DISK_FULL = 50700,
};

/* The HTTP status that goes with a code. */
unsigned error_code_http_status(enum error_code code);

/* The code for the failure of a statement. */
enum error_code error_code_of_statement(const struct diag *diag);

/* {"@type":"generic_error","error_code":..,"message":".."}; invalid UTF-8 in it is replaced. */
void error_body_write(struct buffer *out, enum error_code code, struct text message);

/* {"error":".."}, the last message of a WebSocket; repaired as above. */
void error_body_write_message(struct buffer *out, struct text message);

/* {"@type":"statement_error",..,"statementText":"..","entities":[..]}. entities (borrowed; NULL:
 * none) are the results of the statements before. */
void error_body_write_statement(struct buffer *out, enum error_code code, struct text message,
                                struct text statement, const json_t *entities);

/* Appends a JSON document, compact; marks out as failed when memory is out. */
void json_document_write(struct buffer *out, const json_t *json);

#endif
