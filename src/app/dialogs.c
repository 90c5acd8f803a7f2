/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File choosers. What is asked for lives as long as its dialog, and the dialog no longer than its parent. */
#include "sono_dialogs.h"

#include <glib/gi18n.h>

#include "accessible.h"

typedef struct Ask {
    GtkWindow *parent; /* weak */
    SonoSettings *settings;
    SonoPathFn fn;
    gpointer data;
    gboolean adds_extension; /* a name without one gets that of the filter */
} Ask;

typedef struct Format {
    const char *title, *extension;
    const char *const *patterns;
} Format;

#define PATTERNS(...)                                                                                                  \
    (const char *const[])                                                                                              \
    {                                                                                                                  \
        __VA_ARGS__, NULL                                                                                              \
    }

/* What sono_encode_options_for writes; the first is what a name without an extension becomes. */
static const Format sound_formats[] = {
    {N_("WAV: any length, samples as they are"), ".wav", PATTERNS("*.wav")},
    {N_("FLAC: smaller without loss, at most 8 channels"), ".flac", PATTERNS("*.flac")},
    {N_("AIFF"), ".aiff", PATTERNS("*.aiff", "*.aif")},
    {N_("Ogg Vorbis: small, with loss"), ".ogg", PATTERNS("*.ogg")},
    {0}};

static const Format edit_formats[] = {{N_("Edit scripts"), ".json", PATTERNS("*.json")}, {0}};

static void free_ask(gpointer data)
{
    Ask *ask = data;
    g_clear_weak_pointer(&ask->parent);
    g_object_unref(ask->settings);
    g_free(ask);
}

static void remember_folder(const Ask *ask, GtkFileChooser *chooser)
{
    g_autoptr(GFile) folder = gtk_file_chooser_get_current_folder(chooser);
    g_autofree char *path = folder ? g_file_get_path(folder) : NULL;
    if (path) {
        g_object_set(ask->settings, "last-folder", path, NULL);
    }
}

static gboolean has_extension(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    const char *dot = strrchr(name, '.');
    return dot && dot > name && dot[1] != '\0';
}

static const char *extension_of(GtkFileChooser *chooser)
{
    GtkFileFilter *filter = gtk_file_chooser_get_filter(chooser); /* not ours */
    const char *extension = filter ? g_object_get_data(G_OBJECT(filter), "extension") : NULL;
    return extension ? extension : "";
}

static void answer(const Ask *ask, const char *path)
{
    ask->fn(ask->parent, path, ask->data);
}

/* The chooser has asked about the name as it was typed, not about the one with its extension. */
static void on_replace(GtkDialog *dialog, int response, gpointer data)
{
    const Ask *ask = g_object_get_data(G_OBJECT(dialog), "ask");
    gtk_window_set_transient_for(GTK_WINDOW(dialog), NULL);
    gtk_window_destroy(GTK_WINDOW(dialog)); /* the signal holds it, and what hangs on it */
    answer(ask, response == GTK_RESPONSE_ACCEPT ? g_object_get_data(G_OBJECT(dialog), "path") : NULL);
}

static void ask_to_replace(GtkNativeDialog *chooser, const char *path)
{
    Ask *ask = g_object_steal_data(G_OBJECT(chooser), "ask");
    g_autofree char *name = g_filename_display_basename(path);
    GtkWidget *dialog = gtk_message_dialog_new(ask->parent, GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                                               GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE, _("Replace “%s”?"), name);
    gtk_message_dialog_format_secondary_text(GTK_MESSAGE_DIALOG(dialog), "%s",
                                             _("A file of this name is there already. Its content will be lost."));
    gtk_dialog_add_buttons(GTK_DIALOG(dialog), _("_Cancel"), GTK_RESPONSE_CANCEL, _("_Replace"), GTK_RESPONSE_ACCEPT,
                           NULL);
    gtk_dialog_set_default_response(GTK_DIALOG(dialog), GTK_RESPONSE_CANCEL);
    gtk_widget_add_css_class(gtk_dialog_get_widget_for_response(GTK_DIALOG(dialog), GTK_RESPONSE_ACCEPT),
                             "destructive-action");
    accessible_name_buttons(dialog);
    g_object_set_data_full(G_OBJECT(dialog), "ask", ask, free_ask);
    g_object_set_data_full(G_OBJECT(dialog), "path", g_strdup(path), g_free);
    g_signal_connect(dialog, "response", G_CALLBACK(on_replace), NULL);
    gtk_window_present(GTK_WINDOW(dialog));
}

static void answer_save(GtkNativeDialog *dialog, const Ask *ask, const char *path)
{
    if (has_extension(path) || !ask->adds_extension) {
        answer(ask, path);
        return;
    }
    g_autofree char *full = g_strconcat(path, extension_of(GTK_FILE_CHOOSER(dialog)), NULL);
    if (g_file_test(full, G_FILE_TEST_EXISTS)) {
        ask_to_replace(dialog, full);
    } else {
        answer(ask, full);
    }
}

/* GTK 4.8's chooser goes on watching the folder it has read after it was destroyed, and crashes when a file comes into
 * it; so one that was answered stays, unseen, until the program ends. */
static void dismiss(GtkNativeDialog *dialog)
{
    gtk_native_dialog_hide(dialog);
    gtk_native_dialog_set_transient_for(dialog, NULL);
    g_object_set_data(G_OBJECT(dialog), "ask", NULL);
}

static void on_response(GtkNativeDialog *dialog, int response, gpointer data)
{
    const Ask *ask = g_object_get_data(G_OBJECT(dialog), "ask");
    g_autoptr(GListModel) files =
        response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_files(GTK_FILE_CHOOSER(dialog)) : NULL;
    if (ask->parent) { /* the dialog is on its way out now, whatever the answer does to the parent */
        g_signal_handlers_disconnect_by_data(ask->parent, dialog);
    }
    gtk_native_dialog_hide(dialog);
    const gboolean has_parent = ask->parent != NULL;
    const guint n = files ? g_list_model_get_n_items(files) : 0;
    if (n > 0) {
        remember_folder(ask, GTK_FILE_CHOOSER(dialog));
    } else {
        answer(ask, NULL);
    }
    for (guint i = 0; i < n && ask && (ask->parent || !has_parent); i++) {
        g_autoptr(GFile) file = g_list_model_get_item(files, i);
        g_autofree char *path = g_file_get_path(file);
        answer_save(dialog, ask, path ? path : g_file_peek_path(file));
        ask = g_object_get_data(G_OBJECT(dialog), "ask"); /* NULL: the next question has it */
    }
    dismiss(dialog);
}

static void on_parent_destroyed(GtkNativeDialog *dialog)
{
    dismiss(dialog);
}

static void add_filter(GtkFileChooser *chooser, const char *title, const char *extension, const char *const *patterns)
{
    g_autoptr(GtkFileFilter) filter = gtk_file_filter_new();
    gtk_file_filter_set_name(filter, title);
    for (gsize i = 0; patterns[i]; i++) {
        if (g_str_has_prefix(patterns[i], "*.")) {
            gtk_file_filter_add_suffix(filter, patterns[i] + 2); /* upper case, too */
        } else {
            gtk_file_filter_add_pattern(filter, patterns[i]);
        }
    }
    g_object_set_data(G_OBJECT(filter), "extension", (gpointer)extension);
    gtk_file_chooser_add_filter(chooser, filter);
}

static void set_folder(GtkFileChooser *chooser, SonoSettings *settings, const char *suggested)
{
    g_autofree char *folder = NULL;
    if (suggested && g_path_is_absolute(suggested)) {
        folder = g_path_get_dirname(suggested);
    } else {
        g_object_get(settings, "last-folder", &folder, NULL);
    }
    if (folder && folder[0] != '\0' && g_file_test(folder, G_FILE_TEST_IS_DIR)) {
        g_autoptr(GFile) file = g_file_new_for_path(folder);
        (void)gtk_file_chooser_set_current_folder(chooser, file, NULL);
    }
}

static GtkFileChooserNative *make_chooser(GtkWindow *parent, SonoSettings *settings, const char *title,
                                          GtkFileChooserAction action, SonoPathFn fn, gpointer data)
{
    const gboolean saves = action == GTK_FILE_CHOOSER_ACTION_SAVE;
    GtkFileChooserNative *dialog =
        gtk_file_chooser_native_new(title, parent, action, saves ? _("_Save") : _("_Open"), _("_Cancel"));
    Ask *ask = g_new0(Ask, 1);
    *ask = (Ask){.settings = g_object_ref(settings), .fn = fn, .data = data, .adds_extension = saves};
    g_set_weak_pointer(&ask->parent, parent);
    g_object_set_data_full(G_OBJECT(dialog), "ask", ask, free_ask);
    gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog), TRUE);
    g_signal_connect(dialog, "response", G_CALLBACK(on_response), NULL);
    if (parent) {
        g_signal_connect_object(parent, "destroy", G_CALLBACK(on_parent_destroyed), dialog, G_CONNECT_SWAPPED);
    }
    return dialog;
}

/* A name that ends in one format's extension gets the other's when the format is chosen. */
static void on_filter_chosen(GtkFileChooser *chooser)
{
    g_autofree char *name = gtk_file_chooser_get_current_name(chooser);
    const char *extension = extension_of(chooser);
    const char *dot = name ? strrchr(name, '.') : NULL;
    if (!dot || dot == name || extension[0] == '\0' || g_ascii_strcasecmp(dot, extension) == 0) {
        return;
    }
    g_autofree char *stem = g_strndup(name, (gsize)(dot - name));
    g_autofree char *changed = g_strconcat(stem, extension, NULL);
    gtk_file_chooser_set_current_name(chooser, changed);
}

static void ask_save(GtkWindow *parent, SonoSettings *settings, const char *title, const Format *formats,
                     const char *suggested, SonoPathFn fn, gpointer data)
{
    GtkFileChooserNative *dialog = make_chooser(parent, settings, title, GTK_FILE_CHOOSER_ACTION_SAVE, fn, data);
    GtkFileChooser *chooser = GTK_FILE_CHOOSER(dialog);
    g_autofree char *name = suggested ? g_path_get_basename(suggested) : NULL;
    set_folder(chooser, settings, suggested);
    for (const Format *format = formats; format->title; format++) {
        add_filter(chooser, _(format->title), format->extension, format->patterns);
    }
    g_autoptr(GListModel) filters = gtk_file_chooser_get_filters(chooser);
    for (guint i = 0; i < g_list_model_get_n_items(filters); i++) {
        g_autoptr(GtkFileFilter) filter = g_list_model_get_item(filters, i);
        const char *dot = name ? strrchr(name, '.') : NULL;
        if (i == 0 || (dot && g_ascii_strncasecmp(dot, formats[i].extension, 4) == 0)) {
            gtk_file_chooser_set_filter(chooser, filter);
        }
    }
    if (name) {
        gtk_file_chooser_set_current_name(chooser, name);
    }
    g_signal_connect(dialog, "notify::filter", G_CALLBACK(on_filter_chosen), NULL);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

void sono_dialog_save_sound(GtkWindow *parent, SonoSettings *settings, const char *suggested, SonoPathFn fn,
                            gpointer data)
{
    ask_save(parent, settings, _("Save Sound As"), sound_formats, suggested, fn, data);
}

void sono_dialog_save_edits(GtkWindow *parent, SonoSettings *settings, const char *suggested, SonoPathFn fn,
                            gpointer data)
{
    ask_save(parent, settings, _("Export Edits"), edit_formats, suggested, fn, data);
}

static void ask_open(GtkWindow *parent, SonoSettings *settings, const char *title, gboolean several,
                     const char *filter_title, const char *const *patterns, SonoPathFn fn, gpointer data)
{
    GtkFileChooserNative *dialog = make_chooser(parent, settings, title, GTK_FILE_CHOOSER_ACTION_OPEN, fn, data);
    GtkFileChooser *chooser = GTK_FILE_CHOOSER(dialog);
    gtk_file_chooser_set_select_multiple(chooser, several);
    set_folder(chooser, settings, NULL);
    add_filter(chooser, filter_title, NULL, patterns);
    add_filter(chooser, _("All files"), NULL, PATTERNS("*"));
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

void sono_dialog_open_sounds(GtkWindow *parent, SonoSettings *settings, SonoPathFn fn, gpointer data)
{
    ask_open(parent, settings, _("Open Sounds"), TRUE, _("Sounds"),
             PATTERNS("*.wav", "*.wave", "*.rf64", "*.w64", "*.bwf", "*.aif", "*.aiff", "*.aifc", "*.au", "*.snd",
                      "*.caf", "*.flac", "*.ogg", "*.oga", "*.opus", "*.mp3", "*.mp2", "*.mpga", "*.voc", "*.sf",
                      "*.pvf", "*.paf", "*.svx", "*.8svx", "*.avr", "*.htk", "*.sds", "*.wve", "*.mat", "*.sd2",
                      "*.mpc2k", "*.xi"),
             fn, data);
}

void sono_dialog_open_edits(GtkWindow *parent, SonoSettings *settings, SonoPathFn fn, gpointer data)
{
    ask_open(parent, settings, _("Import Edits"), FALSE, _("Edit scripts"), PATTERNS("*.json"), fn, data);
}
