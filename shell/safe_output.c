/* safe_output.c
 *
 * Whether file is a terminal is asked each time: that costs far less than writing to one, and
 * nobody has to remember the answer.
 */
#include "shell/safe_output.h"

#include <errno.h>
#include <unistd.h>

#include "shell/text_width.h"

static bool write_all(FILE *file, struct text text)
{
    return fwrite(text.data ? text.data : "", 1, text.bytes, file) == text.bytes;
}

bool safe_output_write_clean(FILE *file, struct text text)
{
    struct buffer clean;
    buffer_init(&clean);
    text_width_append_lines(&clean, text);
    const bool is_written = !clean.has_failed && write_all(file, buffer_text(&clean));
    if (clean.has_failed) {
        errno = ENOMEM;
    }
    buffer_release(&clean);
    return is_written;
}

bool safe_output_write(FILE *file, struct text text)
{
    return isatty(fileno(file)) == 1 ? safe_output_write_clean(file, text)
                                     : write_all(file, text);
}
