/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Offering lost edits. Looking for them, and for sounds that were moved, happens on a worker; then one question after
 * the other is asked. */
#include "recovery_offer.h"

#include <glib/gi18n.h>

#include "accessible.h"
#include "sono_dialogs.h"
#include "sono_mem.h"
#include "sono_recent.h"

/* Edits of one sound, and where that is now. */
typedef struct Lost {
    SonoLostEdits edits;
    char *path;          /* NULL: not found */
    gboolean is_changed; /* something else is where it was */
} Lost;

typedef struct Offers {
    GQueue waiting; /* Lost */
    Lost *asked;    /* the user is being asked about it */
} Offers;

static void free_lost(gpointer data)
{
    Lost *lost = data;
    g_free(lost->edits.file);
    g_free(lost->edits.sound_path);
    g_free(lost->path);
    g_free(lost);
}

static void free_offers(gpointer data)
{
    Offers *offers = data;
    g_queue_clear_full(&offers->waiting, free_lost);
    g_clear_pointer(&offers->asked, free_lost);
    g_free(offers);
}

static Offers *offers_of(SonoApplication *app)
{
    Offers *offers = g_object_get_data(G_OBJECT(app), "recovery-offers");
    if (!offers) {
        offers = g_new0(Offers, 1);
        g_object_set_data_full(G_OBJECT(app), "recovery-offers", offers, free_offers);
    }
    return offers;
}

/* ---- looking for them, on a worker ---- */

typedef struct Search {
    char **candidates;
    char *only; /* edits of this file, or NULL: all */
} Search;

static void free_search(gpointer data)
{
    Search *search = data;
    g_strfreev(search->candidates);
    g_free(search->only);
    g_free(search);
}

static Lost *copy_lost(const SonoLostEdits *edits)
{
    Lost *lost = g_new0(Lost, 1);
    lost->edits = *edits;
    lost->edits.file = g_strdup(edits->file);
    lost->edits.sound_path = g_strdup(edits->sound_path);
    return lost;
}

static Lost *find_among(const SonoLostEdits *edits, const Search *search)
{
    char *path = NULL;
    if (sono_recovery_find_sound(edits, (const char *const *)search->candidates, g_strv_length(search->candidates),
                                 &path, NULL) != SONO_OK) {
        return NULL;
    }
    Lost *lost = copy_lost(edits);
    lost->path = g_strdup(path);
    lost->is_changed = !path && g_file_test(edits->sound_path, G_FILE_TEST_EXISTS);
    sono_free(path);
    return lost;
}

static void search_on_worker(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    const Search *search = data;
    SonoError err = {0};
    SonoLostEdits *list = NULL;
    size_t n = 0;
    SonoFingerprint only = {0};
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(free_lost);
    if (sono_recovery_list(NULL, &list, &n, &err) == SONO_OK && n > 0 && search->only) {
        (void)sono_fingerprint(search->only, &only, NULL); /* a file that cannot be read has none */
    }
    for (size_t i = 0; i < n; i++) {
        if (search->only && (!only.text[0] || strcmp(list[i].fingerprint.text, only.text) != 0)) {
            continue;
        }
        Lost *lost = search->only ? copy_lost(&list[i]) : find_among(&list[i], search);
        if (lost) {
            lost->path = search->only ? g_strdup(search->only) : lost->path;
            g_ptr_array_add(found, lost);
        }
    }
    sono_recovery_list_free(list, n);
    g_task_return_pointer(task, g_steal_pointer(&found), (GDestroyNotify)g_ptr_array_unref);
}

/* ---- taking them ---- */

typedef struct Taken {
    char *path, *file;
    SonoEditScript edits;
    SonoError err;
    gboolean is_other; /* the chosen file is another sound */
} Taken;

static void free_taken(gpointer data)
{
    Taken *taken = data;
    g_free(taken->path);
    g_free(taken->file);
    sono_edit_script_clear(&taken->edits);
    g_free(taken);
}

/* The task's data is the Lost; its path is the one to open. */
static void take_on_worker(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    const Lost *lost = data;
    Taken *taken = g_new0(Taken, 1);
    SonoFingerprint print = {0};
    taken->path = g_strdup(lost->path);
    taken->file = g_strdup(lost->edits.file);
    if (sono_fingerprint(lost->path, &print, &taken->err) == SONO_OK) {
        /* without a fingerprint who chose the sound has to know */
        taken->is_other = lost->edits.fingerprint.text[0] && strcmp(print.text, lost->edits.fingerprint.text) != 0;
        if (!taken->is_other) {
            (void)sono_recovery_take(&lost->edits, &taken->edits, &taken->err);
        }
    }
    g_task_return_pointer(task, taken, free_taken);
}

static void tell(SonoApplication *app, const char *line)
{
    GtkWindow *window = sono_application_active(app);
    if (SONO_IS_WINDOW(window)) {
        sono_window_tell(SONO_WINDOW(window), line, TRUE);
    } else {
        g_message("%s", line);
    }
}

/* A window that shows the same sound and has nothing of its own makes way. */
static void close_twin(SonoApplication *app, const char *path)
{
    SonoWindow *window = sono_application_find(app, path);
    if (window && !sono_window_is_modified(window)) {
        gtk_window_close(GTK_WINDOW(window));
    }
}

static void ask_next(SonoApplication *app);

static void on_taken(GObject *source, GAsyncResult *result, gpointer data)
{
    SonoApplication *app = SONO_APPLICATION(source);
    Taken *taken = g_task_propagate_pointer(G_TASK(result), NULL);
    if (taken->is_other) {
        g_autofree char *name = g_filename_display_basename(taken->path);
        g_autofree char *line = g_strdup_printf(_("%s is not the sound that the edits were made on"), name);
        tell(app, line);
    } else if (taken->err.code != SONO_OK) {
        tell(app, taken->err.message);
    } else {
        g_application_hold(G_APPLICATION(app)); /* the only window may be the twin */
        close_twin(app, taken->path);
        sono_application_open(app, taken->path, &taken->edits, taken->file);
        taken->edits = (SonoEditScript){0};
        g_application_release(G_APPLICATION(app));
    }
    free_taken(taken);
    ask_next(app);
}

static void take(SonoApplication *app, Lost *lost)
{
    g_autoptr(GTask) task = g_task_new(app, NULL, on_taken, NULL);
    g_task_set_task_data(task, lost, free_lost);
    g_task_run_in_thread(task, take_on_worker);
}

/* ---- asking ---- */

static void on_located(GtkWindow *parent, const char *path, gpointer data)
{
    SonoApplication *app = data;
    Offers *offers = offers_of(app);
    Lost *lost = g_steal_pointer(&offers->asked);
    if (!path || !lost) { /* as good as later */
        g_clear_pointer(&lost, free_lost);
        ask_next(app);
        return;
    }
    lost->path = g_strdup(path);
    take(app, lost);
}

static void on_answer(GtkDialog *dialog, int response, gpointer data)
{
    SonoApplication *app = data;
    Offers *offers = offers_of(app);
    GtkWindow *parent = gtk_window_get_transient_for(GTK_WINDOW(dialog));
    gtk_window_set_transient_for(GTK_WINDOW(dialog), NULL);
    gtk_window_destroy(GTK_WINDOW(dialog));
    if (!offers->asked) {
        return;
    }
    if (response == GTK_RESPONSE_ACCEPT && !offers->asked->path) {
        sono_dialog_open_sounds(parent, sono_application_settings(app), on_located, app);
        return;
    }
    Lost *lost = g_steal_pointer(&offers->asked);
    if (response == GTK_RESPONSE_ACCEPT) {
        take(app, lost);
        return;
    }
    if (response == GTK_RESPONSE_REJECT) {
        sono_recovery_discard(&lost->edits);
    }
    free_lost(lost);
    ask_next(app);
}

static char *describe(const Lost *lost)
{
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_local(lost->edits.saved_at_s);
    g_autofree char *date = when ? g_date_time_format(when, "%x %R") : g_strdup("?");
    const gulong n = (gulong)lost->edits.n_edits;
    g_autofree char *edits = g_strdup_printf(ngettext("%lu edit", "%lu edits", n), n);
    g_autofree char *was = g_filename_display_name(lost->edits.sound_path);
    /* TRANSLATORS: "3 edits of 21/11/26 14:20 were not saved when Sonobrush ended." */
    g_autofree char *what = g_strdup_printf(_("%s of %s were not saved when Sonobrush ended."), edits, date);
    if (lost->is_changed) {
        return g_strdup_printf(_("%s\n\n%s has been changed since. If you have the sound as it was, choose it."), what,
                               was);
    }
    if (!lost->path) {
        return g_strdup_printf(_("%s\n\nThe sound is no longer at %s. If you know where it is, choose it."), what, was);
    }
    if (strcmp(lost->path, lost->edits.sound_path) != 0) {
        g_autofree char *now = g_filename_display_name(lost->path);
        return g_strdup_printf(_("%s\n\nThe sound was moved from %s to %s."), what, was, now);
    }
    return g_strdup_printf("%s\n\n%s", what, was);
}

static void ask(SonoApplication *app, const Lost *lost)
{
    GtkWindow *parent = sono_application_active(app);
    g_autofree char *name = g_filename_display_basename(lost->edits.sound_path);
    g_autofree char *text = describe(lost);
    GtkWidget *widget = gtk_message_dialog_new(parent, GTK_DIALOG_MODAL, GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE,
                                               _("Recover the edits of “%s”?"), name);
    GtkDialog *dialog = GTK_DIALOG(widget);
    gtk_message_dialog_format_secondary_text(GTK_MESSAGE_DIALOG(widget), "%s", text);
    gtk_dialog_add_buttons(dialog, _("_Discard"), GTK_RESPONSE_REJECT, _("_Later"), GTK_RESPONSE_CANCEL,
                           lost->path ? _("_Recover") : _("_Choose Sound…"), GTK_RESPONSE_ACCEPT, NULL);
    gtk_dialog_set_default_response(dialog, GTK_RESPONSE_ACCEPT);
    gtk_widget_add_css_class(gtk_dialog_get_widget_for_response(dialog, GTK_RESPONSE_REJECT), "destructive-action");
    gtk_widget_add_css_class(gtk_dialog_get_widget_for_response(dialog, GTK_RESPONSE_ACCEPT), "suggested-action");
    accessible_name_buttons(widget);
    g_signal_connect_object(dialog, "response", G_CALLBACK(on_answer), app, 0);
    gtk_window_present(GTK_WINDOW(dialog));
}

static void ask_next(SonoApplication *app)
{
    Offers *offers = offers_of(app);
    if (!offers->asked && gtk_application_get_windows(GTK_APPLICATION(app))) {
        offers->asked = g_queue_pop_head(&offers->waiting);
        if (offers->asked) {
            ask(app, offers->asked);
        }
    }
}

static gboolean is_waiting(Offers *offers, const char *file)
{
    for (GList *l = offers->waiting.head; l; l = l->next) {
        if (strcmp(((Lost *)l->data)->edits.file, file) == 0) {
            return TRUE;
        }
    }
    return offers->asked && strcmp(offers->asked->edits.file, file) == 0;
}

static void on_found(GObject *source, GAsyncResult *result, gpointer data)
{
    SonoApplication *app = SONO_APPLICATION(source);
    Offers *offers = offers_of(app);
    g_autoptr(GPtrArray) found = g_task_propagate_pointer(G_TASK(result), NULL);
    while (found->len > 0) {
        Lost *lost = g_ptr_array_steal_index(found, 0);
        if (is_waiting(offers, lost->edits.file)) {
            free_lost(lost);
        } else {
            g_queue_push_tail(&offers->waiting, lost);
        }
    }
    ask_next(app);
}

static void start(SonoApplication *app, Search *search)
{
    g_autoptr(GTask) task = g_task_new(app, NULL, on_found, NULL);
    g_task_set_task_data(task, search, free_search);
    g_task_run_in_thread(task, search_on_worker);
}

/* Each file, and the folder it is in. */
static void add_places(GStrvBuilder *places, const char *const *paths)
{
    for (; paths && *paths; paths++) {
        g_autofree char *folder = g_path_get_dirname(*paths);
        g_strv_builder_add(places, *paths);
        g_strv_builder_add(places, folder);
    }
}

void sono_recovery_offer(SonoApplication *app, const char *const *given)
{
    g_autoptr(GStrvBuilder) places = g_strv_builder_new();
    g_auto(GStrv) recent = sono_recent_paths();
    add_places(places, given);
    add_places(places, (const char *const *)recent);
    Search *search = g_new0(Search, 1);
    search->candidates = g_strv_builder_end(places);
    start(app, search);
}

void sono_recovery_offer_for(SonoApplication *app, const char *path)
{
    Search *search = g_new0(Search, 1);
    search->candidates = g_new0(char *, 1);
    search->only = g_canonicalize_filename(path, NULL);
    start(app, search);
}
