/* main.c
 *
 * The program `leat`: one table of subcommands, each with its own file, options and help.
 * Exit codes: 0 done, 1 a statement, test or record failed, 2 wrong usage.
 */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shell/bench_command.h"
#include "shell/datagen_command.h"
#include "shell/run_command.h"
#include "shell/serve_command.h"
#include "shell/shell_command.h"
#include "shell/test_command.h"
#include "shell/topic_command.h"
#include "shell/version.h"

static const struct {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"bench", "measure the engine, or a server", bench_command},
    {"datagen", "generate NEXMark events, or feed a server with test data", datagen_command},
    {"run", "run a SQL script on an engine of its own", run_command},
    {"serve", "serve ksqlDB's REST API until a signal", serve_command},
    {"shell", "talk SQL to a server: typed, from a file or a pipe", shell_command},
    {"test", "run test cases written as JSON", test_command},
    {"topic", "create, list, describe, delete, fill and read topics, of a directory or server",
     topic_command},
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

static void print_help(FILE *out)
{
    (void)fputs("leat: streaming SQL over a durable log, in ksqlDB's dialect\n\n"
                "usage: leat COMMAND [OPTIONS]\n\n",
                out);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        (void)fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
    }
    (void)fputs("\n  -h, --help     print this; leat COMMAND --help says more\n"
                "  -V, --version  print the version\n\n"
                "Exit code: 0 done, 1 a statement, test or record failed, 2 wrong usage.\n",
                out);
}

/* A closed descriptor 0 to 2 would be given to the database file next. */
static void open_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) == -1) {
            (void)open("/dev/null", O_RDWR);
        }
    }
}

int main(int argc, char **argv)
{
    open_standard_descriptors();
    (void)signal(SIGPIPE, SIG_IGN);
    (void)setlocale(LC_CTYPE, "C.UTF-8"); /* for the widths of characters */
    if (argc < 2) {
        print_help(stderr);
        return 2;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        (void)printf("leat %s\n", LEAT_VERSION);
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return 0;
    }
    (void)fprintf(stderr, "leat: there is no command '%s'; see leat --help\n", argv[1]);
    return 2;
}
