/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of a command, by GOption; help goes to standard output, complaints are one line. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

void cli_parser_init(CliParser *p, const CliCommand *command)
{
    *p = (CliParser){
        .command = command,
        .entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry)),
        .texts = g_ptr_array_new_with_free_func(g_free),
    };
}

void cli_parser_add(CliParser *p, const GOptionEntry *entries)
{
    for (; entries->long_name; entries++) {
        g_array_append_vals(p->entries, entries, 1);
    }
}

void cli_parser_clear(CliParser *p)
{
    g_clear_pointer(&p->entries, g_array_unref);
    g_clear_pointer(&p->texts, g_ptr_array_unref);
    g_clear_pointer(&p->operands, g_strfreev);
}

static bool wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return true;
        }
    }
    return false;
}

bool cli_parser_run(CliParser *p, int argc, char **argv, guint n_min, guint n_max, CliExit *code)
{
    const GOptionEntry operands = {G_OPTION_REMAINING,  0, 0, G_OPTION_ARG_FILENAME_ARRAY, &p->operands, NULL,
                                   p->command->operands};
    g_array_append_val(p->entries, operands);
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_summary(context, p->command->summary);
    g_option_context_set_description(context, p->command->details);
    g_option_context_add_main_entries(context, (const GOptionEntry *)(const void *)p->entries->data, NULL);
    g_autofree char *program = g_strdup_printf("sonobrush-cli %s", p->command->name);
    g_set_prgname(program);
    if (wants_help(argc, argv)) {
        g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);
        (void)fputs(help, stdout);
        *code = CLI_OK;
        return false;
    }
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        *code = cli_usage_error(p->command, "%s", error->message);
        return false;
    }
    const guint n = p->operands ? g_strv_length(p->operands) : 0;
    if (n < n_min) {
        *code = cli_usage_error(p->command, "%s is missing", p->command->operands);
        return false;
    }
    if (n > n_max) {
        *code = cli_usage_error(p->command, "unexpected argument '%s'", p->operands[n_max]);
        return false;
    }
    return true;
}

CliExit cli_run_report(const CliCommand *command, int argc, char **argv, guint n_operands, CliReport report)
{
    CliParser p;
    gboolean json = FALSE;
    CliExit code = CLI_OK;
    const GOptionEntry entries[] = {{"json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL}, G_OPTION_ENTRY_NULL};
    cli_parser_init(&p, command);
    cli_parser_add(&p, entries);
    if (cli_parser_run(&p, argc, argv, n_operands, n_operands, &code)) {
        code = report(n_operands ? p.operands[0] : NULL, json);
    }
    cli_parser_clear(&p);
    return code;
}
