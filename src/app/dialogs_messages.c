/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question about unsaved changes, and what this program is. */
#include "sono_dialogs.h"

#include <glib/gi18n.h>

#include "accessible.h"
#include "application.h"
#include "sono_app.h"

typedef struct Unsaved {
    SonoUnsavedFn fn;
    gpointer data;
    gboolean is_answered;
} Unsaved;

static SonoUnsavedAnswer answer_of(int response)
{
    return response == GTK_RESPONSE_ACCEPT   ? SONO_UNSAVED_SAVE
           : response == GTK_RESPONSE_REJECT ? SONO_UNSAVED_DISCARD
                                             : SONO_UNSAVED_CANCEL;
}

static void on_unsaved(GtkDialog *dialog, int response, gpointer data)
{
    Unsaved *unsaved = data;
    GtkWindow *parent = gtk_window_get_transient_for(GTK_WINDOW(dialog));
    if (unsaved->is_answered || !parent) {
        return;
    }
    unsaved->is_answered = TRUE;
    const SonoUnsavedAnswer answer = answer_of(response);
    if (answer == SONO_UNSAVED_CANCEL) {
        sono_application_stay(gtk_window_get_application(parent));
    }
    const SonoUnsavedFn fn = unsaved->fn;
    gpointer fn_data = unsaved->data;
    gtk_window_set_transient_for(GTK_WINDOW(dialog), NULL); /* it may outlive its parent, whose address it keeps */
    gtk_window_destroy(GTK_WINDOW(dialog));
    fn(parent, answer, fn_data);
}

static void free_unsaved(gpointer data, GClosure *closure)
{
    g_free(data);
}

void sono_dialog_unsaved(GtkWindow *parent, const char *name, SonoUnsavedFn fn, gpointer data)
{
    GtkWidget *widget =
        gtk_message_dialog_new(parent, GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_QUESTION,
                               GTK_BUTTONS_NONE, _("Save the changes to “%s” before closing?"), name);
    GtkDialog *dialog = GTK_DIALOG(widget);
    gtk_message_dialog_format_secondary_text(GTK_MESSAGE_DIALOG(widget), "%s",
                                             _("What has not been saved will be lost."));
    gtk_dialog_add_buttons(dialog, _("_Discard"), GTK_RESPONSE_REJECT, _("_Cancel"), GTK_RESPONSE_CANCEL, _("_Save"),
                           GTK_RESPONSE_ACCEPT, NULL);
    gtk_dialog_set_default_response(dialog, GTK_RESPONSE_ACCEPT);
    gtk_widget_add_css_class(gtk_dialog_get_widget_for_response(dialog, GTK_RESPONSE_REJECT), "destructive-action");
    gtk_widget_add_css_class(gtk_dialog_get_widget_for_response(dialog, GTK_RESPONSE_ACCEPT), "suggested-action");
    accessible_name_buttons(widget);
    Unsaved *unsaved = g_new0(Unsaved, 1);
    *unsaved = (Unsaved){.fn = fn, .data = data};
    g_signal_connect_data(dialog, "response", G_CALLBACK(on_unsaved), unsaved, free_unsaved, 0);
    gtk_window_present(GTK_WINDOW(dialog));
}

void sono_dialog_about(GtkWindow *parent)
{
    static const char *const authors[] = {"The Sonobrush authors", NULL};
    gtk_show_about_dialog(parent, "program-name", "Sonobrush", "version", SONO_VERSION, "comments",
                          _("Open a sound, see it, paint on it, keep it."), "logo-icon-name", SONO_APP_ID,
                          "license-type", GTK_LICENSE_GPL_3_0, "copyright", "© 2026 The Sonobrush authors", "authors",
                          authors,
                          /* Names of the translators of this language, one a line */
                          "translator-credits", _("translator-credits"), NULL);
}
