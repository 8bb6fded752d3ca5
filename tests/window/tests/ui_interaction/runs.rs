//! The first screen, the playback, formulas, methods and their settings.

use crate::{DESK, click, desk, press, retype, window};
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, Pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use saddlescope::optim::{Noise, Setting};
use saddlescope::problem::Objective;
use saddlescope::scene::{MethodSpec, ProblemSpec, Scene};
use saddlescope::ui::{App, Command, Edit, Launch};
use std::f64::consts::FRAC_PI_2;

#[test]
fn the_first_screen_shows_who_hangs_and_who_left() {
    let window = desk();
    let snapshot = window.state().snapshot();
    assert_eq!(snapshot.landscape.as_deref(), Some("saddle_bounded"));
    assert!(!snapshot.playing && !snapshot.computing && snapshot.step > 0 && snapshot.step < snapshot.steps);
    assert_eq!(snapshot.runs.len(), Scene::default().methods.len());
    assert!(window.query_by_label_contains("still near a saddle").is_some());
    let [_, _, width, height] = snapshot.map_rect_px;
    assert!(width >= 0.6 * DESK[0] && width * height > 0.5 * DESK[0] * DESK[1], "the map has {width} x {height} points");
}

#[test]
fn an_idle_window_repaints_nothing() {
    let mut window = desk();
    let frame = window.state().snapshot().frame;
    window.run();
    assert!(window.state().snapshot().frame <= frame + 1);
    let delay = window.output().viewport_output.values().map(|viewport| viewport.repaint_delay).min();
    assert_eq!(delay, Some(std::time::Duration::MAX));
}

#[test]
fn the_keyboard_plays_steps_and_undoes() {
    let mut window = desk();
    press(&mut window, Key::Home);
    assert_eq!(window.state().snapshot().step, 0);
    press(&mut window, Key::ArrowRight);
    assert_eq!(window.state().snapshot().step, 1);
    window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    window.run_steps(2);
    assert_eq!(window.state().snapshot().step, 11);
    press(&mut window, Key::Space);
    assert!(window.state().snapshot().playing);
    window.run_steps(30);
    assert!(window.state().snapshot().step > 11);
    press(&mut window, Key::Space);
    assert!(!window.state().snapshot().playing);
    press(&mut window, Key::End);
    let snapshot = window.state().snapshot();
    assert_eq!(snapshot.step, snapshot.steps);
    let seed = window.state().scene().seed;
    press(&mut window, Key::N);
    assert_eq!(window.state().scene().seed, seed + 1);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    assert_eq!(window.state().scene().seed, seed);
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    window.run_steps(2);
    assert_eq!(window.state().scene().seed, seed + 1);
    press(&mut window, Key::Num1);
    assert!(!window.state().scene().methods[0].enabled);
}

#[test]
fn playing_stops_at_the_end_unless_it_repeats() {
    let mut window = desk();
    press(&mut window, Key::End);
    window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowLeft);
    press(&mut window, Key::Space);
    window.run_steps(120);
    let snapshot = window.state().snapshot();
    assert!(!snapshot.playing && snapshot.step == snapshot.steps);
    window.run();
    press(&mut window, Key::L);
    press(&mut window, Key::Space);
    window.run_steps(20);
    assert!(window.state().snapshot().playing);
}

#[test]
fn a_formula_compiles_while_it_is_typed_and_a_bad_one_says_where() {
    let mut window = desk();
    retype(&mut window, "x^4 - 2x^2 + y^2");
    let snapshot = window.state().snapshot().clone();
    assert_eq!((snapshot.formula.as_str(), snapshot.landscape.as_deref(), &snapshot.error), ("x^4 - 2x^2 + y^2", None, &None));
    let steps = snapshot.step;
    retype(&mut window, "x^2 + * y");
    let snapshot = window.state().snapshot().clone();
    assert!(snapshot.error.as_deref().is_some_and(|e| e.starts_with("Position 7:")), "{:?}", snapshot.error);
    assert_ne!(snapshot.formula, "x^2 + * y");
    assert!(window.query_by_label_contains("Position").is_some());
    // Letters in the field are text, not shortcuts.
    retype(&mut window, "x^2 + y^2 + sin(x)");
    let snapshot = window.state().snapshot().clone();
    assert_eq!((snapshot.formula.as_str(), &snapshot.error), ("x^2 + y^2 + sin(x)", &None));
    assert!(!snapshot.playing && snapshot.step == steps.min(snapshot.steps));
    press(&mut window, Key::Escape);
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(3);
    assert_eq!(window.state().snapshot().landscape.as_deref(), Some("saddle_bounded"));
}

#[test]
fn an_unknown_name_becomes_a_parameter_with_a_slider() {
    let mut window = desk();
    window.get_all_by_label("Landscape").last().expect("a tab").click();
    window.run();
    retype(&mut window, "x^2 + a*y^2 + b");
    assert!(window.state().snapshot().error.as_deref().is_some_and(|e| e.contains("unknown name 'a'")));
    window.get_by_label("Make a and b parameters").click();
    window.run();
    assert_eq!(window.state().snapshot().error, None);
    let formula = |window: &Harness<'_, App>| match &window.state().scene().problem {
        ProblemSpec::Formula { parameters, ranges, dim, domain, .. } => (parameters.clone(), ranges.clone(), *dim, *domain),
        _ => panic!("a typed formula"),
    };
    assert_eq!((formula(&window).0["a"], formula(&window).0["b"]), (1.0, 1.0));
    assert_eq!(formula(&window).1["a"], [0.0, 2.0]);
    let slider = window.get_all_by_role(Role::Slider).find(|node| node.accesskit_node().label().is_some_and(|l| l == "a"));
    slider.expect("a slider").focus();
    window.run_steps(2);
    press(&mut window, Key::ArrowRight);
    assert!(formula(&window).0["a"] > 1.0);
    assert!(window.query_by_label("Remove b").is_none());
    retype(&mut window, "x^2 + a*y^2");
    window.get_by_label("Remove b").click();
    window.run();
    assert!(!formula(&window).0.contains_key("b") && !formula(&window).1.contains_key("b"));
    // Another dimension is offered, too, and Enter takes the offer.
    retype(&mut window, "a*x^2 + y^2 - x3^2");
    assert!(window.query_by_label("Take n = 3").is_some());
    press(&mut window, Key::Enter);
    window.run();
    assert_eq!((formula(&window).2, window.state().snapshot().start.len()), (3, 3));
    let ctx = window.ctx.clone();
    window.state_mut().apply(&ctx, Command::Zoom(4.0));
    window.run();
    window.get_by_label("Use the current view").click();
    window.run();
    let [x0, x1, _, _] = formula(&window).3;
    assert!((x1 - x0) < 6.0 && window.state().scene().view.camera.is_none(), "{x0} {x1}");
    for _ in 0..9 {
        window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        window.run_steps(2);
    }
    assert_eq!(window.state().snapshot().landscape.as_deref(), Some("saddle_bounded"));
}

#[test]
fn the_gradient_noise_changes_the_random_methods_only_and_can_be_undone() {
    let mut window = desk();
    window.get_all_by_label("Landscape").last().expect("a tab").click();
    window.run();
    let generations = |w: &Harness<'_, App>| w.state().session().lanes().iter().map(|l| l.generation()).collect::<Vec<_>>();
    let before = generations(&window);
    window.get_by_label("Gradient noise; now isotropic").click();
    window.run();
    window.get_by_label("none").click();
    window.run();
    assert_eq!(window.state().scene().noise, Some(Noise::NONE));
    let after = generations(&window);
    assert!(after[1] != before[1] && after[0] == before[0], "{before:?} {after:?}");
    let lanes = window.state().session().lanes();
    assert_eq!(lanes[1].run().expect("SGD runs").setup().noise, Noise::NONE);
    window.get_by_label("The landscape's noise").click();
    window.run();
    assert_eq!(window.state().scene().noise, None);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run();
    assert_eq!(window.state().scene().noise, Some(Noise::NONE));
    let samples = Scene { problem: ProblemSpec::landscape("half_spaces"), start: None, ..Scene::default() };
    let ctx = window.ctx.clone();
    window.state_mut().apply(&ctx, Command::Edit(Edit::Scene(Box::new(samples))));
    window.run();
    assert!(window.query_by_label_contains("Gradient noise").is_none());
}

#[test]
fn a_finite_sum_keeps_its_samples_when_its_formula_is_edited() {
    let scene = Scene { problem: ProblemSpec::landscape("half_spaces"), start: None, ..Scene::default() };
    let mut window = window(DESK, Launch { scene: Some(scene), ..Launch::default() });
    let text = window.state().snapshot().formula.clone() + " + 0.1*x1^2";
    retype(&mut window, &text);
    let snapshot = window.state().snapshot();
    assert_eq!((snapshot.formula.as_str(), &snapshot.error, snapshot.landscape.as_deref()), (text.as_str(), &None, None));
    assert!(window.state().session().problem().finite_sum().is_some());
    assert!(window.state().session().lanes().iter().all(|lane| lane.fault().is_none()));
}

#[test]
fn a_click_that_ends_typing_or_closes_a_menu_leaves_the_start() {
    let mut window = desk();
    let start = window.state().snapshot().start.clone();
    let [left, top, width, height] = window.state().snapshot().map_rect_px;
    let at = Pos2::new(left + 0.3 * width, top + 0.2 * height);
    retype(&mut window, "x^2 + y^2");
    click(&mut window, at);
    window.run();
    assert_eq!(window.state().snapshot().start, start);
    window.get_by_label("Menu").click();
    window.run();
    click(&mut window, at);
    window.run();
    assert!(window.query_by_label("Save the scene").is_none());
    assert_eq!(window.state().snapshot().start, start);
    click(&mut window, at);
    window.run();
    assert_ne!(window.state().snapshot().start, start);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    assert_eq!(window.state().snapshot().start, start);
}

#[test]
fn a_slider_changes_only_the_run_that_it_belongs_to() {
    let mut window = desk();
    let generations =
        |window: &Harness<'_, App>| window.state().session().lanes().iter().map(|l| l.generation()).collect::<Vec<_>>();
    let before = generations(&window);
    window.get_by_label_contains("Show the parameters of GD").click();
    window.run();
    let slider = window.get_all_by_role(Role::Slider).find(|node| node.accesskit_node().label().is_some_and(|l| l.contains('η')));
    let slider = slider.expect("gradient descent has a step size");
    slider.focus();
    window.run_steps(2);
    press(&mut window, Key::ArrowRight);
    window.run();
    let after = generations(&window);
    assert_ne!(after[0], before[0]);
    assert_eq!(after[1..], before[1..]);
    assert!(window.state().scene().methods[0].settings.contains_key("step_size"));
}

#[test]
fn a_fork_goes_on_from_the_step_that_is_shown() {
    let mut window = desk();
    let count = window.state().scene().methods.len();
    let step = window.state().snapshot().step;
    window.get_by_label("Fork here").click();
    window.run();
    let scene = window.state().scene().clone();
    assert_eq!(scene.methods.len(), count + 1);
    let lanes = window.state().session().lanes();
    let (origin, fork) = (lanes[3].run().expect("RMSProp runs"), lanes[count].run().expect("the fork runs"));
    assert_eq!(lanes[count].name(), format!("RMSProp 2 from {step}"));
    assert_eq!((fork.trace().first(), fork.len(), fork.position()), (step, origin.len(), origin.position()));
    assert_eq!(lanes[count].row(step - 1), None);
    assert_eq!(lanes[count].row(step), Some(0));
    // Before it begins there is nothing to see of it, and its card says so.
    press(&mut window, Key::Home);
    window.run();
    assert!(window.query_all_by_label_contains("begins at step").count() > 0);
    let ctx = window.ctx.clone();
    let setting = Edit::Setting(count, "step_size".to_owned(), Some(Setting::Number(0.3)));
    window.state_mut().apply(&ctx, Command::Edit(setting));
    press(&mut window, Key::End);
    window.run();
    let lanes = window.state().session().lanes();
    let (origin, fork) = (lanes[3].run().expect("RMSProp runs"), lanes[count].run().expect("the fork runs"));
    assert!(fork.trace().first() == step && fork.iterate(step) == origin.iterate(step));
    assert_ne!(fork.iterate(step + 1), origin.iterate(step + 1));
    for _ in 0..2 {
        window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        window.run_steps(2);
    }
    assert_eq!(window.state().scene().methods.len(), count);
}

#[test]
fn a_method_at_a_maximum_is_not_said_to_be_near_a_saddle() {
    let mut scene = Scene::bare(ProblemSpec::formula("cos(x)*cos(y)"));
    scene.methods = vec![MethodSpec::new("gd")];
    scene.methods[0].settings.insert("step_size".to_owned(), Setting::Number(1e-3));
    scene.playback.step = 400;
    for (start, words) in [(vec![1e-9, 0.0], "near a maximum"), (vec![FRAC_PI_2; 2], "near a saddle")] {
        let scene = Scene { start: Some(start), ..scene.clone() };
        let window = window(DESK, Launch { scene: Some(scene), ..Launch::default() });
        assert!(window.query_all_by_label_contains(words).count() > 0, "{words}");
    }
}

#[test]
fn a_method_can_run_twice_and_be_removed() {
    let mut window = desk();
    let count = window.state().scene().methods.len();
    window.get_by_label_contains("Show the parameters of GD").click();
    window.run();
    window.get_by_label("Once more").click();
    window.run();
    assert_eq!(window.state().scene().methods.len(), count + 1);
    assert!(window.query_by_label("GD 2").is_some() || window.query_all_by_label_contains("GD").count() > 1);
    window.get_by_label("Remove").click();
    window.run();
    assert_eq!(window.state().scene().methods.len(), count);
}
