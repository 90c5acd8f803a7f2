/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sonobrush [FILE...] */
#include <glib/gi18n.h>
#include <locale.h>

#include "application.h"

/* Translations lie beside the program: where it is installed, and where it is built. */
static char *locale_folder(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(program ? program : "/usr/bin/sonobrush");
    char *built = g_build_filename(folder, "locale", NULL);
    if (g_file_test(built, G_FILE_TEST_IS_DIR)) {
        return built;
    }
    g_free(built);
    return g_build_filename(folder, "..", "share", "locale", NULL);
}

int main(int argc, char **argv)
{
    g_autofree char *locales = locale_folder();
    gtk_disable_setlocale(); /* it would do what follows again */
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C"); /* numbers are the same everywhere, so that what is copied can be pasted */
    bindtextdomain("sonobrush", locales);
    bind_textdomain_codeset("sonobrush", "UTF-8");
    textdomain("sonobrush");
    g_set_application_name("Sonobrush");
    g_autoptr(GtkApplication) app = sono_application_new();
    return g_application_run(G_APPLICATION(app), argc, argv);
}
