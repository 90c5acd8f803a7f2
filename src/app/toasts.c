/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Toasts: a column of small cards over the bottom of a child. Cards slide in and out; where the desktop wants no
 * animations GTK's revealers jump. */
#include "sono_toasts.h"

#include <glib/gi18n.h>

#include "sono_clock.h"

#define MAX_CARDS 4
#define TASK_DELAY_S 0.5
#define MIN_SHOWN_MS 3000
#define MS_PER_CHARACTER 60 /* what slow readers need */

struct _SonoToasts {
    GtkWidget parent_instance;
    GtkWidget *overlay, *column;
    GPtrArray *tasks;         /* cards of tasks */
    GtkWidget *standing_card; /* weak; or NULL */
    char *standing;           /* what it says, or said before it was closed; or NULL */
};

G_DEFINE_FINAL_TYPE(SonoToasts, sono_toasts, GTK_TYPE_WIDGET)

/* A card is a revealer; what it holds hangs on it. */
typedef struct Card {
    GtkWidget *label, *bar, *cancel;
    char *line;
    guint n; /* how often the same was said */
    guint timer;
    int task; /* id, or -1 */
    gboolean is_problem, is_hovered, is_leaving;
} Card;

static Card *card_of(GtkWidget *revealer)
{
    return g_object_get_data(G_OBJECT(revealer), "card");
}

static void free_card(gpointer data)
{
    Card *card = data;
    g_clear_handle_id(&card->timer, g_source_remove);
    g_free(card->line);
    g_free(card);
}

static void on_revealed(GtkWidget *revealer)
{
    if (!gtk_revealer_get_child_revealed(GTK_REVEALER(revealer)) && card_of(revealer)->is_leaving) {
        gtk_box_remove(GTK_BOX(gtk_widget_get_parent(revealer)), revealer);
    }
}

static void leave(GtkWidget *revealer)
{
    Card *card = card_of(revealer);
    if (card->is_leaving) {
        return;
    }
    card->is_leaving = TRUE;
    g_clear_handle_id(&card->timer, g_source_remove);
    if (gtk_widget_get_mapped(revealer) && gtk_revealer_get_child_revealed(GTK_REVEALER(revealer))) {
        gtk_revealer_set_reveal_child(GTK_REVEALER(revealer), FALSE);
    } else { /* nobody sees it go */
        gtk_box_remove(GTK_BOX(gtk_widget_get_parent(revealer)), revealer);
    }
}

static gboolean on_timer(gpointer revealer)
{
    Card *card = card_of(revealer);
    if (card->is_hovered) {
        return G_SOURCE_CONTINUE;
    }
    card->timer = 0;
    leave(revealer);
    return G_SOURCE_REMOVE;
}

static void start_timer(GtkWidget *revealer)
{
    Card *card = card_of(revealer);
    g_clear_handle_id(&card->timer, g_source_remove);
    if (!card->is_problem && card->task < 0) {
        const guint ms = MIN_SHOWN_MS + MS_PER_CHARACTER * (guint)g_utf8_strlen(card->line, -1);
        card->timer = g_timeout_add(ms, on_timer, revealer);
    }
}

static void on_enter(GtkEventController *controller, double x, double y, gpointer card)
{
    ((Card *)card)->is_hovered = TRUE;
}

static void on_leave(GtkEventController *controller, gpointer card)
{
    ((Card *)card)->is_hovered = FALSE;
}

static GtkWidget *small_button(const char *icon, const char *name)
{
    GtkWidget *button = gtk_button_new_from_icon_name(icon);
    gtk_widget_add_css_class(button, "flat");
    gtk_widget_add_css_class(button, "circular");
    gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
    gtk_widget_set_tooltip_text(button, name);
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    return button;
}

static GtkWidget *add_card(SonoToasts *toasts, const char *line, gboolean is_problem, int task)
{
    GtkWidget *revealer = gtk_revealer_new();
    Card *card = g_new0(Card, 1);
    *card = (Card){.line = g_strdup(line), .n = 1, .task = task, .is_problem = is_problem};
    g_object_set_data_full(G_OBJECT(revealer), "card", card, free_card);
    gtk_revealer_set_transition_type(GTK_REVEALER(revealer), GTK_REVEALER_TRANSITION_TYPE_SLIDE_UP);
    gtk_widget_set_halign(revealer, GTK_ALIGN_CENTER);
    g_signal_connect(revealer, "notify::child-revealed", G_CALLBACK(on_revealed), NULL);

    const GtkAccessibleRole role = is_problem ? GTK_ACCESSIBLE_ROLE_ALERT : GTK_ACCESSIBLE_ROLE_STATUS;
    GtkWidget *box = g_object_new(GTK_TYPE_BOX, "accessible-role", role, "spacing", 10, NULL);
    gtk_widget_add_css_class(box, "toast");
    gtk_widget_add_css_class(box, "osd");
    gtk_widget_add_css_class(box, is_problem ? "problem" : "result");
    gtk_accessible_update_property(GTK_ACCESSIBLE(box), GTK_ACCESSIBLE_PROPERTY_LABEL, line, -1);
    if (is_problem) {
        gtk_box_append(GTK_BOX(box), gtk_image_new_from_icon_name("dialog-warning-symbolic"));
    }
    card->label = gtk_label_new(line);
    gtk_label_set_wrap(GTK_LABEL(card->label), TRUE);
    gtk_label_set_wrap_mode(GTK_LABEL(card->label), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_max_width_chars(GTK_LABEL(card->label), 64);
    gtk_label_set_xalign(GTK_LABEL(card->label), 0.0f);
    gtk_label_set_selectable(GTK_LABEL(card->label), is_problem); /* to look it up, or send it to somebody */
    gtk_widget_set_focusable(card->label, FALSE);
    gtk_widget_set_hexpand(card->label, TRUE);
    gtk_box_append(GTK_BOX(box), card->label);
    gtk_revealer_set_child(GTK_REVEALER(revealer), box);

    GtkEventController *hover = gtk_event_controller_motion_new();
    g_signal_connect(hover, "enter", G_CALLBACK(on_enter), card);
    g_signal_connect(hover, "leave", G_CALLBACK(on_leave), card);
    gtk_widget_add_controller(revealer, hover);
    gtk_box_append(GTK_BOX(toasts->column), revealer);
    gtk_revealer_set_reveal_child(GTK_REVEALER(revealer), TRUE);
    return revealer;
}

/* The same again: one card that counts. */
static gboolean say_again(SonoToasts *toasts, const char *line, gboolean is_problem)
{
    for (GtkWidget *w = gtk_widget_get_first_child(toasts->column); w; w = gtk_widget_get_next_sibling(w)) {
        Card *card = card_of(w);
        if (card->task < 0 && !card->is_leaving && card->is_problem == is_problem && strcmp(card->line, line) == 0) {
            card->n++;
            g_autofree char *text = g_strdup_printf("%s (%u)", line, card->n);
            gtk_label_set_text(GTK_LABEL(card->label), text);
            start_timer(w);
            return TRUE;
        }
    }
    return FALSE;
}

/* The oldest result makes room; if all are problems, the oldest problem. */
static void make_room(SonoToasts *toasts)
{
    guint n = 0;
    GtkWidget *oldest[2] = {NULL, NULL}; /* result, problem */
    for (GtkWidget *w = gtk_widget_get_first_child(toasts->column); w; w = gtk_widget_get_next_sibling(w)) {
        const Card *card = card_of(w);
        if (card->task < 0 && !card->is_leaving) {
            n++;
            if (!oldest[card->is_problem]) {
                oldest[card->is_problem] = w;
            }
        }
    }
    if (n >= MAX_CARDS) {
        leave(oldest[0] ? oldest[0] : oldest[1]);
    }
}

static GtkWidget *add_message(SonoToasts *toasts, const char *line, gboolean problem)
{
    make_room(toasts);
    GtkWidget *revealer = add_card(toasts, line, problem, -1);
    if (problem) {
        GtkWidget *close = small_button("window-close-symbolic", _("Close"));
        g_signal_connect_swapped(close, "clicked", G_CALLBACK(leave), revealer);
        gtk_box_append(GTK_BOX(gtk_revealer_get_child(GTK_REVEALER(revealer))), close);
    }
    start_timer(revealer);
    return revealer;
}

void sono_toasts_show(SonoToasts *toasts, const char *line, gboolean problem)
{
    if (!say_again(toasts, line, problem)) {
        (void)add_message(toasts, line, problem);
    }
}

void sono_toasts_set_standing(SonoToasts *toasts, const char *line)
{
    if (g_strcmp0(line, toasts->standing) == 0) {
        return;
    }
    if (toasts->standing_card) {
        leave(toasts->standing_card);
        g_clear_weak_pointer(&toasts->standing_card);
    }
    g_free(toasts->standing);
    toasts->standing = g_strdup(line);
    if (line) {
        g_set_weak_pointer(&toasts->standing_card, add_message(toasts, line, TRUE));
    }
}

/* ---- tasks ---- */

static GtkWidget *find_task(SonoToasts *toasts, int id)
{
    for (guint i = 0; i < toasts->tasks->len; i++) {
        GtkWidget *revealer = g_ptr_array_index(toasts->tasks, i);
        if (card_of(revealer)->task == id) {
            return revealer;
        }
    }
    return NULL;
}

static GtkWidget *add_task(SonoToasts *toasts, const SonoEditorTask *task)
{
    GtkWidget *revealer = add_card(toasts, task->title, FALSE, task->id);
    Card *card = card_of(revealer);
    GtkWidget *box = gtk_revealer_get_child(GTK_REVEALER(revealer));
    gtk_widget_add_css_class(box, "task");
    gtk_label_set_ellipsize(GTK_LABEL(card->label), PANGO_ELLIPSIZE_MIDDLE);
    gtk_label_set_wrap(GTK_LABEL(card->label), FALSE);
    card->bar = gtk_progress_bar_new();
    gtk_widget_set_valign(card->bar, GTK_ALIGN_CENTER);
    gtk_widget_set_size_request(card->bar, 140, -1);
    gtk_progress_bar_set_pulse_step(GTK_PROGRESS_BAR(card->bar), 0.1);
    gtk_accessible_update_property(GTK_ACCESSIBLE(card->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, task->title, -1);
    gtk_box_append(GTK_BOX(box), card->bar);
    g_autofree char *name = g_strdup_printf(_("Cancel: %s"), task->title);
    card->cancel = small_button("process-stop-symbolic", name);
    gtk_actionable_set_action_target(GTK_ACTIONABLE(card->cancel), "i", task->id);
    gtk_actionable_set_action_name(GTK_ACTIONABLE(card->cancel), "win.cancel-task");
    gtk_box_append(GTK_BOX(box), card->cancel);
    g_ptr_array_add(toasts->tasks, g_object_ref(revealer));
    return revealer;
}

static void show_fraction(const Card *card, double fraction)
{
    GtkProgressBar *bar = GTK_PROGRESS_BAR(card->bar);
    if (fraction >= 0.0) {
        gtk_progress_bar_set_fraction(bar, MIN(fraction, 1.0));
        return;
    }
    gboolean animates = TRUE;
    g_object_get(gtk_widget_get_settings(card->bar), "gtk-enable-animations", &animates, NULL);
    if (animates || gtk_progress_bar_get_fraction(bar) == 0.0) {
        gtk_progress_bar_pulse(bar);
    }
}

static void show_title(const Card *card, const char *title)
{
    if (strcmp(gtk_label_get_text(GTK_LABEL(card->label)), title) != 0) { /* "Edit 3 of 20" */
        gtk_label_set_text(GTK_LABEL(card->label), title);
    }
}

static gboolean is_among(const SonoEditorTask *tasks, gsize n, int id)
{
    for (gsize i = 0; i < n; i++) {
        if (tasks[i].id == id) {
            return TRUE;
        }
    }
    return FALSE;
}

void sono_toasts_set_tasks(SonoToasts *toasts, const SonoEditorTask *tasks, gsize n)
{
    for (guint i = toasts->tasks->len; i-- > 0;) {
        GtkWidget *revealer = g_ptr_array_index(toasts->tasks, i);
        if (!is_among(tasks, n, card_of(revealer)->task)) {
            gtk_widget_set_sensitive(card_of(revealer)->cancel, FALSE);
            leave(revealer);
            g_ptr_array_remove_index(toasts->tasks, i);
        }
    }
    const double now_s = sono_now_s();
    for (gsize i = 0; i < n; i++) {
        GtkWidget *revealer = find_task(toasts, tasks[i].id);
        if (!revealer && now_s - tasks[i].since_s >= TASK_DELAY_S) {
            revealer = add_task(toasts, &tasks[i]);
        }
        if (revealer) {
            show_title(card_of(revealer), tasks[i].title);
            show_fraction(card_of(revealer), tasks[i].fraction);
        }
    }
}

/* ---- life ---- */

static void sono_toasts_dispose(GObject *object)
{
    SonoToasts *toasts = SONO_TOASTS(object);
    g_ptr_array_set_size(toasts->tasks, 0);
    g_clear_weak_pointer(&toasts->standing_card);
    g_clear_pointer(&toasts->overlay, gtk_widget_unparent);
    G_OBJECT_CLASS(sono_toasts_parent_class)->dispose(object);
}

static void sono_toasts_finalize(GObject *object)
{
    g_ptr_array_unref(SONO_TOASTS(object)->tasks);
    g_free(SONO_TOASTS(object)->standing);
    G_OBJECT_CLASS(sono_toasts_parent_class)->finalize(object);
}

static void sono_toasts_class_init(SonoToastsClass *class)
{
    G_OBJECT_CLASS(class)->dispose = sono_toasts_dispose;
    G_OBJECT_CLASS(class)->finalize = sono_toasts_finalize;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(class), GTK_TYPE_BIN_LAYOUT);
    gtk_widget_class_set_css_name(GTK_WIDGET_CLASS(class), "toasts");
}

static void sono_toasts_init(SonoToasts *toasts)
{
    toasts->tasks = g_ptr_array_new_with_free_func(g_object_unref);
    toasts->overlay = gtk_overlay_new();
    gtk_widget_set_parent(toasts->overlay, GTK_WIDGET(toasts));
    toasts->column = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    gtk_widget_set_halign(toasts->column, GTK_ALIGN_CENTER);
    gtk_widget_set_valign(toasts->column, GTK_ALIGN_END);
    gtk_widget_set_margin_bottom(toasts->column, 6);
    gtk_overlay_add_overlay(GTK_OVERLAY(toasts->overlay), toasts->column);
}

GtkWidget *sono_toasts_new(GtkWidget *child)
{
    SonoToasts *toasts = g_object_new(SONO_TYPE_TOASTS, NULL);
    gtk_overlay_set_child(GTK_OVERLAY(toasts->overlay), child);
    return GTK_WIDGET(toasts);
}
