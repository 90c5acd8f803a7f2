/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recent files: GtkRecentManager's items that this program opened, as a menu. Whether the files are there is looked up
 * on a worker: they may lie on a disk that sleeps. */
#include "sono_recent.h"

#include <glib/gi18n.h>

#define MAX_RECENT 10
#define APP_NAME "sonobrush"

typedef struct Recent {
    GMenu *menu, *files;
    guint idle;
    GCancellable *cancellable; /* of the look-up under way */
} Recent;

static int newest_first(gconstpointer a, gconstpointer b)
{
    GDateTime *x = gtk_recent_info_get_modified((GtkRecentInfo *)a);
    GDateTime *y = gtk_recent_info_get_modified((GtkRecentInfo *)b);
    return g_date_time_compare(y, x);
}

char **sono_recent_paths(void)
{
    g_autoptr(GStrvBuilder) paths = g_strv_builder_new();
    GList *items = g_list_sort(gtk_recent_manager_get_items(gtk_recent_manager_get_default()), newest_first);
    for (GList *item = items; item; item = item->next) {
        g_autofree char *path = gtk_recent_info_has_application(item->data, APP_NAME)
                                    ? g_filename_from_uri(gtk_recent_info_get_uri(item->data), NULL, NULL)
                                    : NULL;
        if (path) {
            g_strv_builder_add(paths, path);
        }
    }
    g_list_free_full(items, (GDestroyNotify)gtk_recent_info_unref);
    return g_strv_builder_end(paths);
}

void sono_recent_add(const char *path)
{
    g_autofree char *full = g_canonicalize_filename(path, NULL);
    g_autofree char *uri = g_filename_to_uri(full, NULL, NULL);
    g_autofree char *type = g_content_type_guess(full, NULL, 0, NULL);
    g_autofree char *mime = g_content_type_get_mime_type(type);
    GtkRecentData data = {.mime_type = mime ? mime : (char *)"audio/x-wav",
                          .app_name = (char *)APP_NAME,
                          .app_exec = (char *)APP_NAME " %u"};
    if (uri) {
        (void)gtk_recent_manager_add_full(gtk_recent_manager_get_default(), uri, &data);
    }
}

void sono_recent_clear(void)
{
    g_auto(GStrv) paths = sono_recent_paths();
    for (char **path = paths; *path; path++) {
        g_autofree char *uri = g_filename_to_uri(*path, NULL, NULL);
        (void)gtk_recent_manager_remove_item(gtk_recent_manager_get_default(), uri, NULL);
    }
}

/* The name alone where that says which; else with its folder. Underscores are not mnemonics. */
static char *label_of(const char *path, char **all)
{
    g_autofree char *name = g_filename_display_basename(path);
    guint n_same = 0;
    for (char **other = all; *other; other++) {
        g_autofree char *other_name = g_filename_display_basename(*other);
        n_same += strcmp(name, other_name) == 0;
    }
    g_autoptr(GString) label = g_string_new(name);
    if (n_same > 1) {
        g_autofree char *folder = g_path_get_dirname(path);
        g_autofree char *shown = g_filename_display_name(folder);
        g_string_append_printf(label, " (%s)", shown);
    }
    g_string_replace(label, "_", "__", 0);
    return g_strdup(label->str);
}

static void fill(Recent *recent, char **paths)
{
    g_menu_remove_all(recent->files);
    for (char **path = paths; *path; path++) {
        g_autofree char *label = label_of(*path, paths);
        g_autoptr(GMenuItem) item = g_menu_item_new(label, NULL);
        g_menu_item_set_action_and_target(item, "app.open-path", "s", *path);
        g_menu_append_item(recent->files, item);
    }
    if (!paths[0]) {
        g_menu_append(recent->files, _("None Yet"), "app.none"); /* no such action: greyed */
    }
}

static void look_up(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    g_autoptr(GStrvBuilder) there = g_strv_builder_new();
    guint n = 0;
    for (char **path = data; *path && n < MAX_RECENT && !g_cancellable_is_cancelled(cancellable); path++) {
        if (g_utf8_validate(*path, -1, NULL) && g_file_test(*path, G_FILE_TEST_EXISTS)) {
            g_strv_builder_add(there, *path);
            n++;
        }
    }
    g_task_return_pointer(task, g_strv_builder_end(there), (GDestroyNotify)g_strfreev);
}

static void on_looked_up(GObject *app, GAsyncResult *result, gpointer data)
{
    g_auto(GStrv) paths = g_task_propagate_pointer(G_TASK(result), NULL);
    if (paths) { /* else cancelled */
        fill(g_object_get_data(app, "recent"), paths);
    }
}

static gboolean update(gpointer app)
{
    Recent *recent = g_object_get_data(app, "recent");
    recent->idle = 0;
    g_cancellable_cancel(recent->cancellable);
    g_clear_object(&recent->cancellable);
    recent->cancellable = g_cancellable_new();
    g_autoptr(GTask) task = g_task_new(app, recent->cancellable, on_looked_up, NULL);
    g_task_set_task_data(task, sono_recent_paths(), (GDestroyNotify)g_strfreev);
    g_task_run_in_thread(task, look_up);
    return G_SOURCE_REMOVE;
}

static void on_changed(GtkRecentManager *manager, GObject *app)
{
    Recent *recent = g_object_get_data(app, "recent");
    if (recent->idle == 0) {
        recent->idle = g_idle_add_full(G_PRIORITY_LOW, update, app, NULL);
    }
}

static void free_recent(gpointer data)
{
    Recent *recent = data;
    g_clear_handle_id(&recent->idle, g_source_remove);
    g_cancellable_cancel(recent->cancellable);
    g_clear_object(&recent->cancellable);
    g_object_unref(recent->files);
    g_object_unref(recent->menu);
    g_free(recent);
}

GMenuModel *sono_recent_menu(GtkApplication *app)
{
    Recent *recent = g_object_get_data(G_OBJECT(app), "recent");
    if (recent) {
        return G_MENU_MODEL(recent->menu);
    }
    recent = g_new0(Recent, 1);
    recent->menu = g_menu_new();
    recent->files = g_menu_new();
    g_autoptr(GMenu) tail = g_menu_new();
    g_menu_append(tail, _("_Clear List"), "app.clear-recent");
    g_menu_append_section(recent->menu, NULL, G_MENU_MODEL(recent->files));
    g_menu_append_section(recent->menu, NULL, G_MENU_MODEL(tail));
    g_object_set_data_full(G_OBJECT(app), "recent", recent, free_recent);
    g_signal_connect_object(gtk_recent_manager_get_default(), "changed", G_CALLBACK(on_changed), app, 0);
    on_changed(NULL, G_OBJECT(app));
    return G_MENU_MODEL(recent->menu);
}
