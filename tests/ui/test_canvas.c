/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes from mouse, pen and keyboard arrives in the scene as it should. The same is run with OpenGL, with OpenGL
 * ES and (SONO_TEST_NO_GL) without either. */
#include "ui_fixture.h"

#include "canvas_private.h"

#include <math.h>
#include <string.h>

static GtkWidget *canvas_of(UiFixture *f)
{
    return GTK_WIDGET(f->canvas);
}

static SonoScene *scene_of(UiFixture *f)
{
    return sono_canvas_scene(f->canvas);
}

static void use_tool(UiFixture *f, const char *name)
{
    sono_scene_set_tool(scene_of(f), sono_tool_find(name));
    sono_canvas_refresh(f->canvas);
}

static void send(UiFixture *f, SonoPointerKind kind, double x, double y)
{
    const SonoPointer p = canvas_pointer(kind, x, y, 0, NULL, FALSE, 0.0);
    sono_canvas_point(f->canvas, &p);
}

static int set_up(void **state)
{
    static UiFixture f;
    ui_open(&f, NULL);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    ui_close(*state);
    return 0;
}

static void test_pointer_makes_a_stroke(void **state)
{
    UiFixture *f = *state;
    use_tool(f, "brush");
    send(f, SONO_POINTER_DOWN, 100, 100);
    for (int i = 1; i <= 10; i++) {
        send(f, SONO_POINTER_DRAG, 100 + 10 * i, 100);
    }
    assert_int_equal(f->n_edits, 0);
    send(f, SONO_POINTER_UP, 200, 100);
    assert_int_equal(f->n_edits, 1);
    assert_int_equal(f->edit.mask.n_shapes, 1);
    assert_int_equal(f->edit.mask.shapes[0].kind, SONO_SHAPE_STROKE);
    assert_in_range(f->edit.mask.shapes[0].n_points, 11, 12);
}

static void test_signals_say_what_changed(void **state)
{
    UiFixture *f = *state;
    ui_run_ms(50);
    f->n_view = f->n_selection = f->n_tool = f->n_pointed = 0;
    sono_canvas_refresh(f->canvas);
    assert_int_equal(f->n_view + f->n_selection + f->n_tool, 0);
    send(f, SONO_POINTER_HOVER, 50, 50);
    assert_int_equal(f->n_pointed, 1);
    assert_int_equal(f->n_view + f->n_selection + f->n_tool, 0);
    send(f, SONO_POINTER_DOWN, 100, 100);
    send(f, SONO_POINTER_DRAG, 200, 200);
    send(f, SONO_POINTER_UP, 200, 200);
    assert_true(f->n_selection >= 1);
    assert_int_equal(f->n_view + f->n_tool, 0);
    assert_true(sono_selection_is_box(sono_scene_selection(scene_of(f))));
    sono_view_state_zoom_time(sono_scene_view(scene_of(f)), 100, 2.0);
    assert_int_equal(f->n_view, 0);
    sono_canvas_refresh(f->canvas);
    assert_int_equal(f->n_view, 1);
    use_tool(f, "hand");
    assert_int_equal(f->n_tool, 1);
    assert_int_equal(f->n_view, 1);
}

static void test_pen(void **state)
{
    const GdkDeviceToolType pen = GDK_DEVICE_TOOL_TYPE_PEN;
    const GdkDeviceToolType eraser = GDK_DEVICE_TOOL_TYPE_ERASER;
    const struct {
        const GdkDeviceToolType *tool;
        gboolean has;
        double said, expected;
    } cases[] = {{NULL, TRUE, 0.3, 1.0},  {&pen, TRUE, 0.3, 0.3}, {&pen, FALSE, 0.0, 1.0}, {&pen, TRUE, 0.0, 0.0},
                 {&pen, TRUE, -0.5, 0.0}, {&pen, TRUE, 7.0, 1.0}, {&pen, TRUE, NAN, 1.0},  {&pen, TRUE, INFINITY, 1.0}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const SonoPointer p =
            canvas_pointer(SONO_POINTER_DRAG, 3.0, 4.0, 0, cases[i].tool, cases[i].has, cases[i].said);
        assert_true(p.pressure == cases[i].expected);
        assert_false(p.eraser || p.shift || p.ctrl || p.alt);
        assert_true(p.x_px == 3.0 && p.y_px == 4.0);
    }
    assert_true(canvas_pointer(SONO_POINTER_DOWN, 0, 0, 0, &eraser, TRUE, 0.5).eraser);
    const SonoPointer held =
        canvas_pointer(SONO_POINTER_DOWN, 0, 0, GDK_SHIFT_MASK | GDK_ALT_MASK | GDK_LOCK_MASK, NULL, FALSE, 0.0);
    assert_true(held.shift && held.alt && !held.ctrl);
}

static void test_pressure_and_eraser_reach_the_edit(void **state)
{
    UiFixture *f = *state;
    const GdkDeviceToolType pen = GDK_DEVICE_TOOL_TYPE_PEN;
    const GdkDeviceToolType eraser = GDK_DEVICE_TOOL_TYPE_ERASER;
    use_tool(f, "brush");
    for (int end = 0; end < 2; end++) {
        const GdkDeviceToolType *tool = end ? &eraser : &pen;
        const SonoPointer points[] = {canvas_pointer(SONO_POINTER_DOWN, 100, 100, 0, tool, TRUE, 0.25),
                                      canvas_pointer(SONO_POINTER_DRAG, 150, 100, 0, tool, TRUE, 0.75),
                                      canvas_pointer(SONO_POINTER_UP, 150, 100, 0, tool, TRUE, 0.75)};
        f->n_pointed = 0;
        canvas_point_all(f->canvas, points, G_N_ELEMENTS(points));
        assert_int_equal(f->n_pointed, 1); /* listeners are told once a frame */
        assert_int_equal(f->n_edits, end + 1);
        const SonoShape *stroke = &f->edit.mask.shapes[0];
        assert_true(fabs(stroke->points[0].pressure - 0.25) < 1e-9);
        assert_true(fabs(stroke->points[1].pressure - 0.75) < 1e-9);
        assert_int_equal(strcmp(f->edit.operation->name, "erase") == 0, end);
    }
}

static void drag_mouse(UiFixture *f, int button, double x0, double y0, double x1, double y1)
{
    ui_mouse_to(f, canvas_of(f), x0, y0);
    ui_xdotool("mousedown %d", button);
    for (int i = 1; i <= 6; i++) {
        ui_mouse_to(f, canvas_of(f), x0 + (x1 - x0) * i / 6, y0 + (y1 - y0) * i / 6);
    }
    ui_xdotool("mouseup %d", button);
    ui_run_ms(50);
}

static void test_mouse_paints(void **state)
{
    UiFixture *f = *state;
    use_tool(f, "brush");
    drag_mouse(f, 1, 100, 200, 400, 200);
    assert_int_equal(f->n_edits, 1);
    const SonoShape *stroke = &f->edit.mask.shapes[0];
    const double px_s = UI_SECONDS / gtk_widget_get_width(canvas_of(f));
    assert_true(stroke->n_points >= 4);
    assert_true(fabs(stroke->points[0].t_s - 100 * px_s) < 2 * px_s);
    assert_true(fabs(stroke->points[stroke->n_points - 1].t_s - 400 * px_s) < 2 * px_s);
}

static void test_escape_cancels(void **state)
{
    UiFixture *f = *state;
    use_tool(f, "brush");
    ui_mouse_to(f, canvas_of(f), 100, 200);
    ui_xdotool("mousedown 1");
    ui_mouse_to(f, canvas_of(f), 200, 200);
    assert_true(sono_scene_is_dragging(scene_of(f)));
    ui_xdotool("key Escape");
    ui_run_ms(50);
    assert_false(sono_scene_is_dragging(scene_of(f)));
    ui_mouse_to(f, canvas_of(f), 300, 200);
    ui_xdotool("mouseup 1");
    ui_run_ms(50);
    assert_int_equal(f->n_edits, 0);
    assert_string_equal(ui_take_actions(f), "");
    /* a drag that another widget hands on, as the waveform does */
    use_tool(f, "time");
    send(f, SONO_POINTER_DOWN, 100, 100);
    send(f, SONO_POINTER_DRAG, 200, 100);
    ui_xdotool("key Escape");
    ui_run_ms(50);
    send(f, SONO_POINTER_DRAG, 300, 100);
    send(f, SONO_POINTER_UP, 300, 100);
    assert_true(sono_selection_is_empty(sono_scene_selection(scene_of(f))));
    assert_string_equal(ui_take_actions(f), "");
    ui_xdotool("key Escape"); /* with nothing to cancel it selects nothing */
    ui_run_ms(50);
    assert_string_equal(ui_take_actions(f), "select-none;");
}

static void test_another_button_cancels(void **state)
{
    UiFixture *f = *state;
    use_tool(f, "brush");
    ui_mouse_to(f, canvas_of(f), 100, 200);
    ui_xdotool("mousedown 1");
    ui_mouse_to(f, canvas_of(f), 200, 200);
    ui_xdotool("mousedown 2");
    ui_mouse_to(f, canvas_of(f), 260, 200);
    ui_xdotool("mouseup 2 mouseup 1");
    ui_run_ms(50);
    assert_int_equal(f->n_edits, 0);
    assert_false(sono_scene_is_dragging(scene_of(f)));
}

/* Nor does the second button open its menu in the middle of a stroke, of which GTK would complain. */
static void test_no_menu_in_a_drag(void **state)
{
    UiFixture *f = *state;
    use_tool(f, "brush");
    ui_mouse_to(f, canvas_of(f), 100, 200);
    ui_xdotool("mousedown 1");
    ui_mouse_to(f, canvas_of(f), 200, 200);
    ui_xdotool("mousedown 3");
    ui_run_ms(200);
    assert_false(gtk_widget_get_mapped(f->canvas->menu));
    ui_mouse_to(f, canvas_of(f), 260, 200);
    ui_xdotool("mouseup 3 mouseup 1");
    ui_run_ms(50);
    assert_int_equal(f->n_edits, 0);
    assert_false(sono_scene_is_dragging(scene_of(f)));
}

/* A button that is let go outside leaves no brush behind there; what is dragged there by a selecting tool scrolls. */
static void test_leaving_in_a_drag(void **state)
{
    UiFixture *f = *state;
    const double width = gtk_widget_get_width(canvas_of(f));
    SonoViewState *v = sono_scene_view(scene_of(f));
    use_tool(f, "brush");
    ui_mouse_to(f, canvas_of(f), 100, 200);
    ui_xdotool("mousedown 1");
    ui_mouse_to(f, canvas_of(f), width - 5.0, 200);
    ui_mouse_to(f, canvas_of(f), width + 40.0, 200);
    assert_true(sono_scene_probe(scene_of(f)).inside); /* the stroke goes on */
    ui_xdotool("mouseup 1");
    ui_run_ms(100);
    assert_int_equal(f->n_edits, 1);
    assert_false(sono_scene_probe(scene_of(f)).inside);

    sono_view_state_zoom_time(v, 0.0, 4.0);
    use_tool(f, "time");
    ui_mouse_to(f, canvas_of(f), 100, 200);
    ui_xdotool("mousedown 1");
    ui_mouse_to(f, canvas_of(f), width - 5.0, 200);
    assert_true(v->t0_s == 0.0);
    ui_mouse_to(f, canvas_of(f), width + 30.0, 200);
    ui_run_ms(600); /* it rests there */
    assert_true(v->t0_s > 0.1);
    ui_xdotool("key Escape");
    ui_run_ms(100);
    assert_true(v->t0_s == 0.0);
    assert_true(sono_selection_is_empty(sono_scene_selection(scene_of(f))));
    ui_xdotool("mouseup 1");
    ui_run_ms(50);
}

static void test_shift_during_a_drag(void **state)
{
    UiFixture *f = *state;
    use_tool(f, "box");
    ui_mouse_to(f, canvas_of(f), 100, 100);
    ui_xdotool("mousedown 1");
    ui_mouse_to(f, canvas_of(f), 200, 200);
    assert_false(f->canvas->input.last.shift);
    ui_xdotool("keydown shift");
    ui_run_ms(50);
    assert_true(f->canvas->input.last.shift);
    ui_xdotool("keyup shift");
    ui_run_ms(50);
    assert_false(f->canvas->input.last.shift);
    ui_xdotool("mouseup 1");
    ui_run_ms(50);
}

static void test_double_click_selects_what_is_seen(void **state)
{
    UiFixture *f = *state;
    use_tool(f, "time");
    sono_view_state_zoom_time(sono_scene_view(scene_of(f)), 0.0, 2.0);
    sono_canvas_refresh(f->canvas);
    ui_mouse_to(f, canvas_of(f), 300, 200);
    ui_xdotool("click --repeat 2 --delay 40 1");
    ui_run_ms(100);
    const SonoRegion r = sono_selection_region(sono_scene_selection(scene_of(f)), UI_SECONDS, 0.5 * UI_RATE);
    assert_true(fabs(r.t0_s) < 0.01);
    assert_true(fabs(r.t1_s - 0.5 * UI_SECONDS) < 0.01);
}

static void test_wheel_and_pan(void **state)
{
    UiFixture *f = *state;
    const SonoViewState *v = sono_scene_view(scene_of(f));
    const double whole = v->s_per_px;
    double before_s = 0.0;
    double after_s = 0.0;
    double hz = 0.0;
    ui_mouse_to(f, canvas_of(f), 200, 200);
    sono_view_state_to_sound(v, 0, 200, 200, &before_s, &hz);
    ui_xdotool("keydown ctrl click --repeat 3 4 keyup ctrl");
    ui_run_ms(100);
    assert_true(v->s_per_px < 0.7 * whole);
    sono_view_state_to_sound(v, 0, 200, 200, &after_s, &hz);
    assert_true(fabs(after_s - before_s) < 2.0 * v->s_per_px); /* what is under the pointer stays */
    const double t0_s = v->t0_s;
    drag_mouse(f, 2, 300, 200, 250, 200);
    assert_true(fabs(v->t0_s - (t0_s + 50.0 * v->s_per_px)) < 2.0 * v->s_per_px);
    assert_int_equal(f->n_edits, 0);
    ui_take_actions(f);
    canvas_scroll(f->canvas, 0.0, -1.0, GDK_CONTROL_MASK | GDK_ALT_MASK); /* window managers want it for themselves */
    canvas_scroll(f->canvas, 0.0, 1.0, GDK_CONTROL_MASK | GDK_ALT_MASK);
    assert_string_equal(ui_take_actions(f), "nudge-param=1.0;nudge-param=-1.0;");
}

static void test_menu(void **state)
{
    UiFixture *f = *state;
    ui_mouse_to(f, canvas_of(f), 200, 200);
    ui_xdotool("click 3");
    ui_run_ms(300);
    assert_true(gtk_widget_get_mapped(f->canvas->menu));
    ui_xdotool("key Escape");
    ui_run_ms(300);
    assert_false(gtk_widget_get_mapped(f->canvas->menu));
    ui_xdotool("key shift+F10");
    ui_run_ms(300);
    assert_true(gtk_widget_get_mapped(f->canvas->menu));
    ui_xdotool("key Escape");
    ui_run_ms(300);
}

static void test_keys(void **state)
{
    static const struct {
        const char *key, *actions;
    } cases[] = {{"Return", "apply;"},
                 {"Delete", "erase-selection;"},
                 {"BackSpace", "erase-selection;"},
                 {"bracketleft", "brush-smaller;"},
                 {"bracketright", "brush-bigger;"},
                 {"shift+bracketleft", "brush-softer;"},
                 {"shift+bracketright", "brush-harder;"},
                 {"0", "zoom-fit;"},
                 {"1", "zoom-selection;"},
                 {"Left", "pan-left;"},
                 {"Down", "pan-down;"},
                 {"Prior", "page-left;"},
                 {"End", "go-end;"},
                 {"a", "fit-contrast;"},
                 {"c", "link-channels=false;"},
                 {"shift+f", "axis='erb';"},
                 {"p", "show='phase';"},
                 {"d", "play-delta;"},
                 {"l", "loop=true;"},
                 {"shift+l", "follow='page';"},
                 {"shift+l", "follow='scroll';"},
                 {"shift+l", "follow='off';"},
                 {"shift+a", "auto-audition=true;"},
                 {"b", "tool='brush';"},
                 {"e", "tool='eraser';"},
                 {"z", "tool='zoom';"},
                 {"o", "compare=true;compare=false;"},
                 {"ctrl+b", ""},
                 {"space", ""}};
    UiFixture *f = *state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        ui_xdotool("key %s", cases[i].key);
        ui_run_ms(60);
        const char *got = ui_take_actions(f);
        if (strcmp(got, cases[i].actions) != 0) {
            fail_msg("%s: %s, not %s", cases[i].key, got, cases[i].actions);
        }
    }
}

static void test_typing_types(void **state)
{
    UiFixture *f = *state;
    gtk_widget_grab_focus(f->entry);
    ui_run_ms(30);
    ui_xdotool("type 'bte[0 o'");
    ui_run_ms(100);
    assert_string_equal(ui_take_actions(f), "");
    assert_string_equal(gtk_editable_get_text(GTK_EDITABLE(f->entry)), "bte[0 o");
    assert_string_equal(sono_scene_tool(scene_of(f))->name, "box");
}

static const char *tool_name(UiFixture *f)
{
    return sono_scene_tool(scene_of(f))->name;
}

static void test_held_key_lends(void **state)
{
    UiFixture *f = *state;
    ui_xdotool("keydown h");
    ui_run_ms(30);
    assert_string_equal(tool_name(f), "hand");
    ui_run_ms(400); /* longer than a short press, and the key repeats meanwhile */
    assert_string_equal(tool_name(f), "hand");
    ui_xdotool("keyup h");
    ui_run_ms(50);
    assert_string_equal(tool_name(f), "box");
    assert_string_equal(ui_take_actions(f), "");

    ui_xdotool("keydown space"); /* plays, in a window; it lends nothing */
    ui_run_ms(30);
    assert_string_equal(tool_name(f), "box");
    ui_xdotool("keyup space");
    ui_run_ms(50);
    assert_string_equal(tool_name(f), "box");
    assert_string_equal(ui_take_actions(f), "");
}

static gboolean is_eraser(UiFixture *f)
{
    return strcmp(tool_name(f), "eraser") == 0;
}

static gboolean is_dragging(UiFixture *f)
{
    return sono_scene_is_dragging(scene_of(f));
}

static gboolean has_box_and_edit(UiFixture *f)
{
    return f->n_edits > 0 && strcmp(tool_name(f), "box") == 0;
}

static void test_a_drag_makes_it_a_loan(void **state)
{
    UiFixture *f = *state;
    ui_mouse_to(f, canvas_of(f), 200, 200);
    ui_xdotool("keydown e");
    ui_wait(f, is_eraser, "the eraser");
    ui_xdotool("mousedown 1");
    ui_wait(f, is_dragging, "a drag");
    assert_true(f->canvas->keys.held[0].used); /* however short the press, it does not choose */
    ui_xdotool("mousemove_relative 9 0 mousemove_relative 9 0 mouseup 1 keyup e");
    ui_wait(f, has_box_and_edit, "the tool to return");
    assert_int_equal(f->n_edits, 1);
    assert_string_equal(f->edit.operation->name, "erase");
    assert_string_equal(tool_name(f), "box");
    assert_string_equal(ui_take_actions(f), "");
}

static void test_two_keys(void **state)
{
    UiFixture *f = *state;
    ui_xdotool("keydown b");
    ui_run_ms(300);
    ui_xdotool("keydown h");
    ui_run_ms(300);
    assert_string_equal(tool_name(f), "hand");
    ui_xdotool("keyup h");
    ui_run_ms(30);
    assert_string_equal(tool_name(f), "brush");
    ui_xdotool("keyup b");
    ui_run_ms(30);
    assert_string_equal(tool_name(f), "box");
    assert_string_equal(ui_take_actions(f), "");
}

static void test_focus_loss_returns_the_tool(void **state)
{
    UiFixture *f = *state;
    ui_xdotool("keydown e");
    ui_xdotool("keydown o");
    ui_run_ms(30);
    assert_string_equal(tool_name(f), "eraser");
    assert_string_equal(ui_take_actions(f), "compare=true;");
    gtk_widget_grab_focus(f->entry);
    ui_run_ms(30);
    assert_string_equal(tool_name(f), "box");
    assert_string_equal(ui_take_actions(f), "compare=false;");
    ui_xdotool("keyup o");
    ui_xdotool("keyup e");
    ui_run_ms(50);
    assert_string_equal(ui_take_actions(f), "");
}

/* A fast frame is sharp while the view still moves. */
static gboolean is_still(UiFixture *f)
{
    return ui_is_settled(f) && !f->canvas->pace.moving;
}

static void test_frames(void **state)
{
    UiFixture *f = *state;
    (void)sono_canvas_take_frame_times(f->canvas);
    for (int i = 0; i < 30; i++) {
        sono_view_state_pan(sono_scene_view(scene_of(f)), i % 2 ? 5.0 : -5.0, i % 2 ? 3.0 : -3.0);
        sono_view_state_zoom_time(sono_scene_view(scene_of(f)), 100.0, 1.02);
        sono_canvas_refresh(f->canvas);
        ui_run_ms(10);
    }
    ui_wait(f, is_still, "a sharp picture that stands still");
    const SonoFrameTimes times = sono_canvas_take_frame_times(f->canvas);
    print_message("%u frames, %.1f ms, at most %.1f, drawing %.1f\n", times.n_frames, times.median_ms, times.worst_ms,
                  times.draw_median_ms);
    if (!sono_canvas_has_no_gl(f->canvas)) {
        assert_in_range(times.n_frames, 5, 200);
        assert_true(times.median_ms > 0.0 && times.median_ms <= times.worst_ms);
        assert_false(f->canvas->pace.moving);
    }
    assert_int_equal(sono_canvas_take_frame_times(f->canvas).n_frames, 0);
}

static void test_pace(void **state)
{
    FramePace *p = g_new0(FramePace, 1);
    frame_pace_change(p, 10.0);
    assert_false(p->moving); /* a single step is drawn sharply */
    frame_pace_begin(p, 10.0);
    frame_pace_end(p, 10.5); /* a slow frame */
    frame_pace_change(p, 10.55);
    assert_true(p->moving);
    frame_pace_begin(p, 10.56);
    frame_pace_end(p, 10.57);
    frame_pace_change(p, 10.60);
    frame_pace_begin(p, 10.61);
    frame_pace_end(p, 10.62);
    assert_int_equal(p->n_gaps, 1);
    assert_true(fabs(p->gap_ms[0] - 50.0) < 1e-6);
    assert_false(frame_pace_settle(p, 10.70));
    assert_true(frame_pace_settle(p, 10.80));
    assert_false(frame_pace_settle(p, 10.90));
    frame_pace_change(p, 12.0);
    assert_false(p->moving);
    g_free(p);
}

static void test_described(void **state)
{
    UiFixture *f = *state;
    SonoError err = {0};
    const SonoShape box = {.kind = SONO_SHAPE_BOX, .box = {0.5, 1.25, 100.0, 2000.0}};
    assert_ok(sono_selection_set(sono_scene_selection(scene_of(f)), &box, -1, &err), err);
    sono_canvas_refresh(f->canvas);
    ui_run_ms(700);
    g_autofree char *wrong = gtk_test_accessible_check_property(
        GTK_ACCESSIBLE(f->canvas), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
        "0.000 to 4.000 s, 0 to 24000 Hz, 1 channel, selected 0.500 to 1.250 s, 100 to 2000 Hz; tool: Box");
    if (wrong) {
        fail_msg("described as %s", wrong);
    }
}

static void test_gl(void **state)
{
    UiFixture *f = *state;
    const gboolean wants_none = g_getenv("SONO_TEST_NO_GL") != NULL;
    assert_int_equal(sono_canvas_has_no_gl(f->canvas), wants_none);
    assert_int_equal(strstr(f->notices->str, "No OpenGL") != NULL, wants_none);
    if (wants_none) {
        GdkPaintable *paintable = gtk_picture_get_paintable(GTK_PICTURE(f->canvas->picture));
        assert_true(GDK_IS_TEXTURE(paintable));
        assert_int_equal(gdk_paintable_get_intrinsic_width(paintable), gtk_widget_get_width(canvas_of(f)));
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pen),
                                       cmocka_unit_test(test_pace),
                                       CASE(test_gl),
                                       CASE(test_pointer_makes_a_stroke),
                                       CASE(test_signals_say_what_changed),
                                       CASE(test_pressure_and_eraser_reach_the_edit),
                                       CASE(test_mouse_paints),
                                       CASE(test_escape_cancels),
                                       CASE(test_another_button_cancels),
                                       CASE(test_no_menu_in_a_drag),
                                       CASE(test_leaving_in_a_drag),
                                       CASE(test_shift_during_a_drag),
                                       CASE(test_double_click_selects_what_is_seen),
                                       CASE(test_wheel_and_pan),
                                       CASE(test_menu),
                                       CASE(test_keys),
                                       CASE(test_typing_types),
                                       CASE(test_held_key_lends),
                                       CASE(test_a_drag_makes_it_a_loan),
                                       CASE(test_two_keys),
                                       CASE(test_focus_loss_returns_the_tool),
                                       CASE(test_frames),
                                       CASE(test_described)};
    gtk_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
