/* windows.c
 *
 * Without GRACE PERIOD a window accepts rows until a day after its start, as Kafka Streams has
 * always done; but a final result does not wait for late rows that nobody asked for. Without
 * RETENTION a window can be read for as long as it accepts rows.
 */
#include "planner/windows.h"

#include <assert.h>

static const int64_t default_span_ms = 24 * 60 * 60 * 1000;

static enum status check_advance(const struct select_window *ast, struct diag *diag)
{
    if (ast->advance.ms > 0 && ast->advance.ms <= ast->size.ms) {
        return STATUS_OK;
    }
    return diag_fail(diag, STATUS_INVALID, ast->pos,
                     "AdvanceMs: %lld must be in the range (0, %lld], the size of the window",
                     (long long)ast->advance.ms, (long long)ast->size.ms);
}

static int64_t grace_ms_of(const struct select_window *ast, bool is_final)
{
    if (ast->grace.is_present) {
        return ast->grace.ms;
    }
    return is_final || ast->size.ms > default_span_ms ? 0 : default_span_ms - ast->size.ms;
}

static enum status set_retention(const struct select_window *ast, bool is_final,
                                 struct window_spec *window, struct diag *diag)
{
    window->grace_ms = grace_ms_of(ast, is_final);
    int64_t needed_ms;
    if (__builtin_add_overflow(window->size_ms, window->grace_ms, &needed_ms)) {
        return diag_fail(diag, STATUS_INVALID, ast->pos,
                         "The window's size and grace period are too long");
    }
    window->retention_ms = ast->retention.is_present ? ast->retention.ms : needed_ms;
    if (window->retention_ms < needed_ms) {
        return diag_fail(diag, STATUS_INVALID, ast->pos,
                         "The retention period of the window store must be no smaller than its "
                         "window size plus the grace period. Got size=[%lld], grace=[%lld], "
                         "retention=[%lld]",
                         (long long)window->size_ms, (long long)window->grace_ms,
                         (long long)window->retention_ms);
    }
    return STATUS_OK;
}

enum status window_read(const struct select_window *ast, bool is_final, struct window_spec *out,
                        struct diag *diag)
{
    static const enum window_kind kinds[] = {
        [AST_WINDOW_TUMBLING] = WINDOW_TUMBLING,
        [AST_WINDOW_HOPPING] = WINDOW_HOPPING,
        [AST_WINDOW_SESSION] = WINDOW_SESSION,
    };
    *out = (struct window_spec){.kind = WINDOW_NONE};
    if (!ast) {
        return STATUS_OK;
    }
    struct window_spec window = {.kind = kinds[ast->kind], .size_ms = ast->size.ms};
    assert(ast->size.is_present);
    if (ast->size.ms <= 0 && window.kind != WINDOW_SESSION) {
        return diag_fail(diag, STATUS_INVALID, ast->pos,
                         "The size of a window must be greater than 0");
    }
    window.advance_ms = window.kind == WINDOW_TUMBLING ? window.size_ms : 0;
    if (window.kind == WINDOW_HOPPING) {
        TRY(check_advance(ast, diag));
        window.advance_ms = ast->advance.ms;
    }
    TRY(set_retention(ast, is_final, &window, diag));
    *out = window;
    return STATUS_OK;
}
