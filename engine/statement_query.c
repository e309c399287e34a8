/* statement_query.c
 *
 * SELECT and PRINT: statements that give a cursor. Without EMIT a SELECT is a pull query, with it
 * a push query.
 */
#include "engine/statement_query.h"

static enum status give_cursor(struct execution *execution, struct cursor *cursor)
{
    if (cursor->query_id[0] != '\0') {
        cursor_register(cursor);
    }
    execution->out->kind = OUTCOME_CURSOR;
    execution->out->cursor = cursor;
    return STATUS_OK;
}

enum status statement_query(struct execution *execution)
{
    struct cursor *cursor = NULL;
    TRY(execution->statement->query->emit == AST_EMIT_NONE ? pull_open(execution, &cursor)
                                                           : push_open(execution, &cursor));
    return give_cursor(execution, cursor);
}

enum status statement_print(struct execution *execution)
{
    struct cursor *cursor = NULL;
    TRY(print_open(execution, &cursor));
    return give_cursor(execution, cursor);
}
