/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sonobrush-cli: finds the command and runs it. The one piece of mutable state outside functions is the generation that
 * a signal bumps: a signal handler has no other way to speak. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

#define CLI_COMMAND(name) extern const CliCommand cli_command_##name;
#include "commands.def"
#undef CLI_COMMAND

const CliCommand *const cli_commands[] = {
#define CLI_COMMAND(name) &cli_command_##name,
#include "commands.def"
#undef CLI_COMMAND
    NULL,
};

static SonoGeneration interrupts;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    sono_generation_bump(&interrupts); /* one lock-free atomic addition */
}

bool cli_is_interrupted(void)
{
    return atomic_load_explicit(&interrupts.now, memory_order_relaxed) > 0;
}

SonoJobTicket cli_interrupt_ticket(void)
{
    return (SonoJobTicket){.generation = &interrupts, .at = 0};
}

const CliCommand *cli_command_find(const char *name)
{
    for (gsize i = 0; cli_commands[i]; i++) {
        if (strcmp(cli_commands[i]->name, name) == 0) {
            return cli_commands[i];
        }
    }
    return NULL;
}

static void catch_interrupts(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_interrupt;
    action.sa_flags = SA_RESTART | (int)SA_RESETHAND; /* a second Ctrl+C ends the program at once */
    sigemptyset(&action.sa_mask);
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
        struct sigaction before;
        /* What is ignored stays so: nohup, and jobs that a shell has put into the background. */
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            (void)sigaction(signals[i], &action, NULL);
        }
    }
}

static CliExit run_command(int argc, char **argv)
{
    if (argc < 2) {
        cli_error("no command given (see: sonobrush-cli --help)");
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("sonobrush-cli %s\n", SONO_VERSION);
        return CLI_OK;
    }
    const bool wants_help = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;
    const CliCommand *command = cli_command_find(wants_help ? "help" : argv[1]);
    if (!command) {
        cli_error("unknown %s '%s' (see: sonobrush-cli --help)", argv[1][0] == '-' ? "option" : "command", argv[1]);
        return CLI_USAGE;
    }
    return command->run(command, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, ""); /* names are in the user's encoding; numbers are the same everywhere */
    cli_text_init();
    catch_interrupts();
    const CliExit code = run_command(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        cli_error("cannot write to standard output");
        return code == CLI_OK ? CLI_FAILED : (int)code;
    }
    return (int)code;
}
