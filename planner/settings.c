/* settings.c
 *
 * The catalog answers with texts; what they mean is decided by whoever asks.
 */
#include "planner/settings.h"

struct text setting_text(const struct planner *planner, const char *name, const char *fallback)
{
    const struct text value =
        planner->catalog->find_setting(planner->catalog->context, text_of(name));
    return value.data ? value : text_of(fallback);
}

bool setting_bool(const struct planner *planner, const char *name, bool fallback)
{
    const struct text value = setting_text(planner, name, NULL);
    return value.data ? text_equal_nocase(value, TEXT("true")) : fallback;
}

enum status setting_require(const struct planner *planner, const char *name, struct sql_pos pos,
                            const char *message)
{
    return setting_bool(planner, name, true)
               ? STATUS_OK
               : diag_fail(planner->diag, STATUS_INVALID, pos, "%s", message);
}
