//! Control sequences.

use super::parameters::Parameters;
use super::signal::Signal;
use super::terminal::Terminal;

impl Terminal {
    /// CSI, parameters, intermediates (a `?` or `>` in front among them) and a last byte. One that
    /// tmux does not know changes nothing, not even what REP repeats.
    pub(super) fn csi(&mut self, intermediates: &[u8], parameters: &[u8], last: u8) {
        let Some(parameters) = Parameters::parse(parameters) else {
            return;
        };
        let known = match intermediates {
            b"" => self.plain_csi(&parameters, last),
            b"?" if last == b'S' => self.rules.graphics_mode(),
            b"?" => self.private_mode(&parameters, last),
            b">" => matches!(last, b'c' | b'm' | b'n' | b'q'),
            b" " => last == b'q',
            _ => false,
        };
        if known {
            self.last = None;
        }
    }

    fn plain_csi(&mut self, parameters: &Parameters<'_>, last: u8) -> bool {
        match last {
            b'm' => self.style.pen.select(parameters),
            b'h' | b'l' => self.mode(parameters, last == b'h'),
            b'J' | b'K' | b'g' => self.erase(parameters, last),
            b'r' => {
                let bottom = parameters.get(1, 1, self.rows());
                if let (Some(top), Some(bottom)) = (parameters.count(0), bottom) {
                    self.set_region(top - 1, bottom - 1);
                }
            }
            b'H' | b'f' => {
                if let (Some(y), Some(x)) = (parameters.count(0), parameters.count(1)) {
                    self.move_to_origin(x - 1, y - 1);
                }
            }
            b's' => self.save_cursor(),
            b'u' => self.restore_cursor(),
            b't' => self.window_operations(parameters),
            b'c' | b'n' => {}
            b'@'..=b'G' | b'L' | b'M' | b'P' | b'S' | b'T' | b'X' | b'Z' | b'`' | b'b' | b'd' => {
                if let Some(count) = parameters.count(0) {
                    self.counted(count, last);
                }
            }
            _ => return false,
        }
        true
    }

    /// The sequences of one count or position.
    fn counted(&mut self, count: u32, last: u8) {
        match last {
            b'@' => self.insert_characters(count),
            b'A' => self.move_up(count),
            b'B' => self.move_down(count),
            b'C' => self.move_right(count),
            b'D' => self.move_left(count),
            b'E' => {
                self.x = 0;
                self.move_down(count);
            }
            b'F' => {
                self.x = 0;
                self.move_up(count);
            }
            b'G' | b'`' => self.move_to_x(count - 1),
            b'L' => self.insert_rows(count),
            b'M' => self.delete_rows(count),
            b'P' => self.delete_characters(count),
            b'S' => self.scroll_up(count, self.fill()),
            b'T' => self.scroll_down(count, self.fill()),
            b'X' => self.erase_characters(count),
            b'Z' => self.back_tab(count),
            b'b' => self.repeat(count),
            b'd' => self.move_to_y(count - 1),
            _ => {}
        }
    }

    /// ED, EL and TBC.
    fn erase(&mut self, parameters: &Parameters<'_>, last: u8) {
        match (last, parameters.get(0, 0, 0)) {
            (b'J', Some(0)) => self.clear_to_end_of_screen(),
            (b'J', Some(1)) => self.clear_to_start_of_screen(),
            (b'J', Some(2)) => self.clear_screen(self.fill()),
            (b'K', Some(0)) => self.clear_to_end_of_row(),
            (b'K', Some(1)) => self.clear_to_start_of_row(),
            (b'K', Some(2)) => self.clear_row(),
            (b'g', Some(0)) => self.set_tab(false),
            (b'g', Some(3)) => self.tabs.fill(false),
            _ => {}
        }
    }

    /// REP, to the end of the row at most.
    fn repeat(&mut self, count: u32) {
        let count = count.min(self.cols() - self.x);
        match self.last {
            Some(last) if last.is_ascii() => {
                for _ in 0..count {
                    self.print(&[last as u8]);
                }
            }
            Some(last) => {
                for _ in 0..count {
                    self.print_char(last);
                }
            }
            None => {}
        }
    }

    fn mode(&mut self, parameters: &Parameters<'_>, set: bool) {
        for i in 0..parameters.len() {
            if parameters.number(i) == Some(4) {
                self.insert = set;
            }
        }
    }

    fn private_mode(&mut self, parameters: &Parameters<'_>, last: u8) -> bool {
        let set = last == b'h';
        if !set && last != b'l' {
            return false;
        }
        for i in 0..parameters.len() {
            match parameters.number(i) {
                Some(3) => {
                    self.move_to_origin(0, 0);
                    self.clear_screen(self.fill());
                }
                Some(6) => {
                    self.origin = set;
                    self.move_to_origin(0, 0);
                }
                Some(7) => self.autowrap = set,
                Some(2031) if set => self.signals.push(Signal::ThemeUpdates),
                Some(mode @ (47 | 1047 | 1049)) if set => self.enter_alternate(mode == 1049),
                Some(mode @ (47 | 1047 | 1049)) => self.leave_alternate(mode == 1049),
                _ => {}
            }
        }
        true
    }

    /// XTWINOPS, of which the title stack counts. The list ends where a number is missing.
    fn window_operations(&mut self, parameters: &Parameters<'_>) {
        let mut i = 0;
        while let Some(operation) = parameters.number(i) {
            let arguments = match operation {
                3 | 4 | 8 => 2,
                9 | 10 | 22 | 23 => 1,
                _ => 0,
            };
            for argument in i + 1..=i + arguments {
                if parameters.number(argument).is_none() {
                    return;
                }
            }
            match (operation, parameters.number(i + 1)) {
                (22, Some(0 | 2)) => self.push_title(),
                (23, Some(0 | 2)) => self.pop_title(),
                _ => {}
            }
            i += 1 + arguments;
        }
    }
}
