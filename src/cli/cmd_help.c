/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help [COMMAND] */
#include <stdio.h>
#include <string.h>

#include "cli.h"

static CliExit run(const CliCommand *self, int argc, char **argv)
{
    if (argc > 2) {
        return cli_usage_error(self, "unexpected argument '%s'", argv[2]);
    }
    if (argc == 2 && strcmp(argv[1], "help") != 0 && strcmp(argv[1], "--help") != 0) {
        const CliCommand *command = cli_command_find(argv[1]);
        char option[] = "--help";
        char *arguments[] = {argv[1], option, NULL};
        if (!command) {
            return cli_usage_error(self, "unknown command '%s'", argv[1]);
        }
        return command->run(command, 2, arguments);
    }
    printf("Usage:\n  sonobrush-cli COMMAND [OPTION...] [FILE...]\n  sonobrush-cli --version\n\nCommands:\n");
    for (gsize i = 0; cli_commands[i]; i++) {
        printf("  %-11s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
    }
    printf("\nOptions of a command: sonobrush-cli help COMMAND\n"
           "Exit codes: 0 done; 1 a file or computation failed; 2 wrong usage; 3 cancelled\n");
    return CLI_OK;
}

const CliCommand cli_command_help = {
    .name = "help", .operands = "[COMMAND]", .summary = "Show what a command does and its options", .run = run};
