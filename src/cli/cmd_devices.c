/* SPDX-License-Identifier: GPL-3.0-or-later */
/* devices: what sound can be played on. */
#include <stdio.h>

#include "cli.h"
#include "sono_output.h"

static CliExit print_json(const SonoDeviceList *list)
{
    SonoJsonWriter w = {0};
    sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
    sono_json_begin_array(&w, "devices", SONO_JSON_LINES);
    for (int i = 0; i < list->n_devices; i++) {
        const SonoDeviceInfo *d = &list->devices[i];
        sono_json_begin_object(&w, NULL, SONO_JSON_INLINE);
        sono_json_string(&w, "name", d->name);
        sono_json_bool(&w, "default", d->is_default);
        sono_json_int(&w, "n_output_channels", d->max_output_channels);
        sono_json_int(&w, "n_input_channels", d->max_input_channels);
        sono_json_double(&w, "rate_hz", d->default_rate_hz);
        sono_json_double(&w, "latency_s", d->low_latency_s);
        sono_json_end_object(&w);
    }
    sono_json_end_array(&w);
    sono_json_end_object(&w);
    return cli_print_json(&w);
}

static void print_text(const SonoDeviceList *list)
{
    int width = 0;
    for (int i = 0; i < list->n_devices; i++) {
        const int n = (int)g_utf8_strlen(list->devices[i].name, -1);
        width = MAX(width, n);
    }
    for (int i = 0; i < list->n_devices; i++) {
        const SonoDeviceInfo *d = &list->devices[i];
        g_autofree char *name = cli_clean_text(d->name);
        printf("%c %s%*s  %d out, %d in, %g Hz", d->is_default ? '*' : ' ', name,
               MAX(0, width - (int)g_utf8_strlen(name, -1)), "", d->max_output_channels, d->max_input_channels,
               d->default_rate_hz);
        printf(d->low_latency_s > 0.0 ? ", %.1f ms\n" : "\n", 1e3 * d->low_latency_s);
    }
}

static CliExit list_devices(const char *operand, bool json)
{
    (void)operand;
    SonoDeviceList list = {0};
    SonoError err = {0};
    CliExit code = CLI_OK;
    if (sono_device_list(NULL, &list, &err) != SONO_OK) {
        code = cli_fail(&err);
    } else if (json) {
        code = print_json(&list);
    } else {
        print_text(&list);
    }
    sono_device_list_clear(&list);
    return code;
}

static CliExit run(const CliCommand *self, int argc, char **argv)
{
    return cli_run_report(self, argc, argv, 0, list_devices);
}

const CliCommand cli_command_devices = {
    .name = "devices",
    .operands = "",
    .summary = "List sound devices; * is the default, \"virtual\" needs no hardware",
    .run = run,
};
