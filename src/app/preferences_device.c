/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences_device.h"

#include <glib/gi18n.h>

#include "accessible.h"
#include "sono_output.h"
#include "tip.h"

#define NAME_CHARS 24 /* a longer name is cut in the button, not in the list */

/* A drop-down whose items stand for values of a setting. */
typedef struct Choice {
    SonoSettings *settings;
    const char *property;
    GtkWidget *drop_down;
    GtkStringList *titles;
    GPtrArray *devices; /* char *: of the items, for the device */
    const int *numbers; /* of the items, for the others; the last, 0 */
    gboolean showing;   /* it follows the setting, not the user */
} Choice;

static void free_choice(gpointer data)
{
    Choice *c = data;
    if (c->devices) {
        g_ptr_array_unref(c->devices);
    }
    g_free(c);
}

/* ---- numbers ---- */

static const int rates_hz[] = {0, 44100, 48000, 88200, 96000, 176400, 192000};
static const int buffers_frames[] = {0, 64, 128, 256, 512, 1024, 2048};

static void show_number(Choice *c)
{
    int value = 0;
    guint i = 0;
    const guint n = g_list_model_get_n_items(G_LIST_MODEL(c->titles));
    g_object_get(c->settings, c->property, &value, NULL);
    while (i < n && c->numbers[i] != value) {
        i++;
    }
    c->showing = TRUE;
    gtk_drop_down_set_selected(GTK_DROP_DOWN(c->drop_down), i < n ? i : GTK_INVALID_LIST_POSITION);
    c->showing = FALSE;
}

static void on_number_chosen(GtkDropDown *drop_down, const GParamSpec *spec, Choice *c)
{
    const guint i = gtk_drop_down_get_selected(drop_down);
    if (!c->showing && i != GTK_INVALID_LIST_POSITION) {
        g_object_set(c->settings, c->property, c->numbers[i], NULL);
    }
}

/* ---- devices ---- */

static void add_device(Choice *c, const char *name, const char *title)
{
    g_ptr_array_add(c->devices, g_strdup(name));
    gtk_string_list_append(c->titles, title);
}

static guint find_device(const Choice *c, const char *name)
{
    guint i = 0;
    while (i < c->devices->len && g_strcmp0(g_ptr_array_index(c->devices, i), name) != 0) {
        i++;
    }
    return i;
}

/* A device that is not there now stays the wish. */
static void show_device(Choice *c)
{
    g_autofree char *name = NULL;
    g_object_get(c->settings, c->property, &name, NULL);
    c->showing = TRUE;
    if (find_device(c, name) == c->devices->len) {
        add_device(c, name, name);
    }
    gtk_drop_down_set_selected(GTK_DROP_DOWN(c->drop_down), find_device(c, name));
    tip_set(c->drop_down, name[0] ? name : NULL);
    c->showing = FALSE;
}

static void on_device_chosen(GtkDropDown *drop_down, const GParamSpec *spec, Choice *c)
{
    const guint i = gtk_drop_down_get_selected(drop_down);
    if (!c->showing && i < c->devices->len) {
        g_object_set(c->settings, c->property, g_ptr_array_index(c->devices, i), NULL);
    }
}

static void free_list(gpointer data)
{
    sono_device_list_clear(data);
    g_free(data);
}

static void list_devices(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    SonoError err = {0};
    SonoDeviceList *list = g_new0(SonoDeviceList, 1);
    if (sono_device_list(NULL, list, &err) == SONO_OK) {
        g_task_return_pointer(task, list, free_list);
    } else {
        g_free(list);
        g_task_return_new_error(task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", err.message);
    }
}

static void on_listed(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    GtkWidget *drop_down = GTK_WIDGET(source);
    Choice *c = g_object_get_data(source, "choice");
    SonoDeviceList *list = g_task_propagate_pointer(G_TASK(result), &error);
    if (!list) {
        tip_set(drop_down, error->message);
        return;
    }
    for (int i = 0; i < list->n_devices; i++) {
        const SonoDeviceInfo *d = &list->devices[i];
        if (d->max_output_channels > 0 && find_device(c, d->name) == c->devices->len) {
            const gboolean is_virtual = g_str_equal(d->name, SONO_VIRTUAL_DEVICE);
            c->showing = TRUE;
            add_device(c, d->name, is_virtual ? _("None (in silence)") : d->name);
            c->showing = FALSE;
        }
    }
    free_list(list);
    show_device(c);
}

/* ---- rows ---- */

static void on_item_setup(GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    GtkWidget *label = gtk_label_new(NULL);
    gtk_label_set_xalign(GTK_LABEL(label), 0.0f);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_MIDDLE);
    gtk_label_set_max_width_chars(GTK_LABEL(label), NAME_CHARS);
    gtk_list_item_set_child(item, label);
}

static void on_item_bind(GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    GtkStringObject *text = gtk_list_item_get_item(item);
    gtk_label_set_text(GTK_LABEL(gtk_list_item_get_child(item)), gtk_string_object_get_string(text));
}

static Choice *add_choice(GtkGrid *grid, int y, GtkSizeGroup *widths, SonoSettings *settings, const char *title,
                          const char *property)
{
    Choice *c = g_new0(Choice, 1);
    g_autoptr(GString) plain = g_string_new(title);
    GtkWidget *label = gtk_label_new_with_mnemonic(title);
    c->settings = settings;
    c->property = property;
    c->titles = gtk_string_list_new(NULL);
    c->drop_down = gtk_drop_down_new(G_LIST_MODEL(c->titles), NULL);
    g_object_set_data_full(G_OBJECT(c->drop_down), "choice", c, free_choice);
    g_string_replace(plain, "_", "", 0);
    accessible_name_drop_down(c->drop_down, plain->str);
    gtk_label_set_xalign(GTK_LABEL(label), 0.0f);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), c->drop_down);
    gtk_widget_set_hexpand(label, TRUE);
    gtk_widget_set_valign(c->drop_down, GTK_ALIGN_CENTER);
    gtk_size_group_add_widget(widths, c->drop_down);
    gtk_grid_insert_row(grid, y);
    gtk_grid_attach(grid, label, 0, y, 1, 1);
    gtk_grid_attach(grid, c->drop_down, 1, y, 1, 1);
    return c;
}

static void add_numbers(GtkGrid *grid, int y, GtkSizeGroup *widths, SonoSettings *settings, const char *title,
                        const char *property, const int *numbers, gsize n, const char *none, const char *format)
{
    Choice *c = add_choice(grid, y, widths, settings, title, property);
    c->numbers = numbers;
    c->showing = TRUE;
    for (gsize i = 0; i < n; i++) {
        g_autofree char *text = numbers[i] == 0 ? g_strdup(none) : g_strdup_printf("%d %s", numbers[i], format);
        gtk_string_list_append(c->titles, text);
    }
    show_number(c);
    g_signal_connect(c->drop_down, "notify::selected", G_CALLBACK(on_number_chosen), c);
}

void preferences_add_device(GtkGrid *grid, GtkSizeGroup *widths, SonoSettings *settings)
{
    Choice *c = add_choice(grid, 0, widths, settings, _("Sou_nd device"), "audio-device");
    g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new();
    g_autoptr(GTask) task = g_task_new(c->drop_down, NULL, on_listed, NULL);
    g_signal_connect(factory, "setup", G_CALLBACK(on_item_setup), NULL);
    g_signal_connect(factory, "bind", G_CALLBACK(on_item_bind), NULL);
    gtk_drop_down_set_factory(GTK_DROP_DOWN(c->drop_down), factory);
    c->devices = g_ptr_array_new_with_free_func(g_free);
    c->showing = TRUE;
    add_device(c, "", _("The default one"));
    c->showing = FALSE;
    show_device(c);
    g_signal_connect(c->drop_down, "notify::selected", G_CALLBACK(on_device_chosen), c);
    g_task_run_in_thread(task, list_devices);
    add_numbers(grid, 1, widths, settings, _("Rate"), "audio-rate", rates_hz, G_N_ELEMENTS(rates_hz), _("As the sound"),
                "Hz");
    add_numbers(grid, 2, widths, settings, _("Buffer"), "audio-buffer", buffers_frames, G_N_ELEMENTS(buffers_frames),
                _("The device's choice"), _("frames"));
}
