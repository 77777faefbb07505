//! Streams by theme, each played to a real pane and to the model at several sizes.
//!
//! A stream is a paragraph, and each of its lines a piece, see [`Stream::read`]. One that begins with
//! `#!` is played on 3.3 alone, for the reason that stands there.

use crate::rig::tmux_under_test;
use crate::screen_model::exact;
use crate::screen_oracle::Oracle;
use crate::screen_stream::{Stream, unescape};

/// The sizes that each stream is played at.
const SIZES: [(u16, u16); 5] = [(10, 4), (2, 2), (5, 3), (21, 7), (80, 24)];

/// Plays streams to both.
fn agree(streams: &str) {
    if !exact() {
        return;
    }
    let version = tmux_under_test();
    let all = (version.major, version.minor) == (3, 3);
    let mut oracle = Oracle::new();
    let mut stories = Vec::new();
    let streams = streams.split("\n\n").map(str::trim);
    let played = |paragraph: &&str| !paragraph.is_empty() && (all || !paragraph.starts_with("#!"));
    for paragraph in streams.filter(played) {
        let lines = paragraph.lines().filter(|line| !line.starts_with('#'));
        let pieces: Vec<_> = lines.map(|line| unescape(line.trim()).unwrap()).collect();
        for size in SIZES {
            let stream = Stream::new(size, &pieces);
            stories.extend(stream.play(&mut oracle).err());
        }
    }
    assert!(stories.is_empty(), "{}", stories.join("\n"));
}

#[test]
fn text_at_the_edge() {
    agree(
        r"
        hello wo
        rld and more of it, which wraps
        \r\n
        next\r\nlast

        # Exactly full, then each thing that may follow.
        0123456789
        \r\n
        0123456789
        \n
        x

        0123456789
        \x08
        y

        0123456789\t
        x

        0123456789\e[K
        x

        0123456789\e[1K
        x

        0123456789\e[J
        x

        0123456789\e[A
        x

        0123456789\e[C
        x

        0123456789\e[D
        x

        0123456789\e[X
        x

        0123456789\e[P
        x

        0123456789\e[@
        x

        0123456789\e[b
        x

        0123456789\e[6n\e[m\e7
        x\e8
        y

        0123456789\e[s\e[u
        x

        0123456789\e[L
        x

        0123456789\e[M
        x

        0123456789\eD
        x

        0123456789\eM
        x

        0123456789\e[d
        x

        0123456789\e[20G
        x

        0123456789\e[?7l
        abc
        \e[?7h
        d

        \e[?7l0123456789abcdef
        日本
        \e[?7h
        x

        \e[4h0123456789
        \e[1;1H
        ab
        日
        \e[4l
        z

        # The wrap is remembered where the row is written over.
        0123456789abc\e[1;1Hxyz
        \e[1;10H!
        \e[1;9H\e[K
        \e[1;1H0123456789
        \e[H\e[2K
        ",
    );
}

#[test]
fn wide_characters() {
    agree(
        r"
        日本語のテキスト、全角の文字
        \r\n한국어 텍스트
        \r\n中文

        # A wide one that does not fit at the edge.
        012345678日
        x
        \r\n0123456789日

        # Halves written over, from both sides.
        日本語
        \e[1;2Hx
        \e[1;5Hy
        \e[1;1H語

        日本語\e[1;2H\e[K
        日本語\e[1;2H\e[1K

        日本語日本\e[1;2H\e[X
        \e[1;4H\e[2X
        \e[1;4H\e[P
        \e[1;2H\e[@
        \e[1;3H本

        \e[4h日本\e[1;2Hx
        \e[1;1H語
        \e[4l

        0日本語日本語\e[1;1H\e[P
        \e[1;9H日
        \e[1;10H日
        \e[?7l日本
        日

        ｱｲｳ ＡＢＣ
        ｱﾞ
        ",
    );
}

#[test]
fn emoji() {
    agree(
        r"
        😀🎉👍
        x\r\n👍🏽 👍🏽
        \r\n👨‍👩‍👧 👩‍💻
        \r\n🇩🇪🇫🇷🇯
        \r\n🏴󠁧󠁢󠁥󠁮󠁧󠁿!

        ❤️ ☺️ ⚡ ⌚ ✂️ #️⃣ 1️⃣
        \r\n❤︎ ✻✽✢·

        # A character whose bytes come one by one.
        \xf0
        \x9f
        \x98
        \x80
        x
        \xef\xb8
        \x8f
        y

        # Joined to what stands before, also across the edge and other rows.
        01234567👨
        ‍
        👩
        \r\n012345678❤
        ️x
        \r\n0123456789❤️

        👩\e[1;1H‍👧
        \e[1;3H‍x

        #! The same.
        x\e[2C
        ️️️️️️️️️️️️️️️️️️️️
        ",
    );
}

#[test]
fn combining_characters() {
    agree(
        r"
        éte nai\xcc\x88ve
        \r\nx

        #! What is too much for a cell goes elsewhere on 3.4 and 3.5.
        e\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86\xcc\x87\xcc\x88\xcc\x89\xcc\x8a\xcc\x8b\xcc\x8c
        \r\nx

        # Where there is nothing to join.
        \xcc\x81x
        \r\xcc\x81
        \e[2;1H\xcc\x88y

        0123456789\xcc\x81
        x\xcc\x81

        日\xcc\x81本\xe3\x82\x99
        \e[1;2H\xcc\x81
        \e[1;4H\xcc\x88

        abc\x08\xcc\x81
        \e[2D\xcc\x82
        \e[1;1H\xcc\x83

        # Marks of Hebrew, Arabic, Devanagari, Thai; Jamo.
        שָׁלוֹם عَرَبِيّ
        \r\nनमस्ते क्षि ไทย น้ำ
        \r\n한국 ᄒ
        ᅡ
        ᆫ

        # No width at all: spaces, joiners, marks of direction, soft hyphens.
        a\xe2\x80\x8bb\xe2\x81\xa0c\xef\xbb\xbfd\xe2\x80\x8ee\xc2\xadf\xe2\x80\xaeg
        \xe2\x80\xa8h\xe2\x80\xa9i
        \xc2\xa0j\xe3\x80\x80k
        \xee\x80\x80\xef\xa3\xbf\xf3\xb0\x80\x80\xf4\x80\x80\x80
        ",
    );
}

#[test]
fn bytes_that_are_no_utf8() {
    agree(
        r"
        a\x80b\xbfc\xffd\xfee
        \xc0\x80f\xc1\xbfg
        \xe0\x80\x80h\xf0\x80\x80\x80i
        \xed\xa0\x80j\xed\xbf\xbfk
        \xf4\x90\x80\x80l\xf5\x80\x80\x80m
        \xf8\x88\x80\x80\x80n\xfc\x84\x80\x80\x80\x80o

        # Cut short by text, by a control, by a sequence, by another beginning.
        \xe6\x97x
        \xe6\x97\ny
        \xe6\x97\e[1;1Hz
        \xe6\xe6\x97\xa5
        \xe6\x97\xe6\x97\xa5
        \xf0\x9f\x98\xc3\xa9
        \xc3\xc3\xa9

        # A sequence in the midst of a character.
        \xe6\e[A\x97\xa5
        \xe6\e[1;31m
        \x97
        \e[m\xa5
        \xc3\e7\xa9
        \xc3\e]0;t\x07\xa9
        \xf0\x9f\e[5C\x98\x80

        # C1 controls are characters here, and not shown.
        a\xc2\x80b\xc2\x9b1mc\xc2\x85d\xc2\x9f
        \x9b2Je\x90f\x9c

        \xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd\xf4\x8f\xbf\xbf
        x\xef\xb7\x90y
        ",
    );
}

#[test]
fn sequences_cut_anywhere() {
    agree(
        r"
        hello\n
        \e
        [
        2
        ;
        3
        H
        x
        \e[
        1;3
        1m
        y\e
        ]0;a ti
        tle
        \x07
        \e]2;two\e
        \\
        z\eP
        data
        \e
        \\
        \e#
        8

        # Controls within a sequence act at once.
        abc\e[\n2\r;\t2\x08H
        x
        \e[2\e[1;1Hy
        \e[2\x18Jz
        \e[2\x1aKw
        \e\n[1mv
        \e(\nBu
        \e[\x7f1\x801Ht

        # Strings left open, and what ends them.
        \e]0;one\e[2Jx
        \e]0;two\x18y
        \e]0;three\x1az
        \e]0;four\nfive\x07
        \e]0;six\e]0;seven\x07
        \ePdata\n\x18more\x07
        x\e\\
        y\e_title\x07still\e\\
        \eXnothing\x07to see\e\\
        \e^nothing\e\\w
        \ekname\e\\v
        \ePtmux;\e\e[2J\e\\u
        \eP1$r0m\e\\t
        \eP1;2:3x\e\\s
        \eP\x18q\e\\r

        # Parameters and their limits.
        abcdefghij\r\n
        \e[0;0Ha
        \e[;Hb
        \e[;;;;Hc
        \e[99999;99999Hd
        \e[2147483647;1He
        \e[2147483648;1Hf
        \e[18446744073709551617Hg
        \e[1:2Hh
        \e[3:Ci
        \e[:m\e[38:2:1:2:3mj
        \e[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1Hk
        \e[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1Hl
        \e[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1Hm
        \e[000000000000000000000000000000000000000000000000000000000001;2Hn
        \e[00000000000000000000000000000000000000000000000000000000000001;2Ho

        # Sequences that are unknown, or have marks that make them so.
        abc
        \e[?1;1Hd
        \e[1 He
        \e[1!pf
        \e[>1Jg
        \e[1?2Jh
        \e[!!!!Hi
        \e[$$$Hj
        \e[=5nk
        \e[1;1%xl
        \eQm\eYn\eZo\e[\e[
        \e %Gp
        \e%Gq\e%@r
        \e    Ds
        \e[1;2;3;4yt\e[{u\e[~v
        ",
    );
}

#[test]
fn the_cursor() {
    agree(
        r"
        \e[2;3Ha\e[Ab\e[Bc\e[Cd\e[De
        \e[99A\e[99Df
        \e[99B\e[99Cg
        \e[Eh\e[Fi
        \e[99Ej\e[99Fk
        \e[3Gl\e[3`m\e[2dn
        \e[0A\e[0B\e[0C\e[0Do
        \e[99dp\e[99Gq\e[2;2fr

        abc\e7\e[31m\e[3;3Hx\e8y
        \e[sz\e[H\e[uw
        \e[2;3r\e[?6h\e7\e[?6l\e8v
        \e8\e[2;2Hu
        \ec\e8t

        \x08a\x08\x08b\r\x08c
        \n\x08d
        \x0be\x0cf

        # Tabs.
        \ta\tb\tc\td
        \r\n\e[3g\tx
        \r\e[3G\eH\r\ty
        \e[2I\e[Zz
        \e[5G\e[0g\r\tw
        \e[99Zv
        \r12345678\tu
        \e[1;99H\tt
        ",
    );
}

#[test]
fn erasing() {
    agree(
        r"
        aaaaaaaaaaaaaa\r\nbbbbbbbbbb\r\ncccccc
        \e[2;3H\e[K
        \e[1;3H\e[1K
        \e[2;1H\e[2K
        \e[3;3H\e[1J
        aaaa\r\nbbbb
        \e[H\e[J
        cccc\e[2J
        dddd\e[3J
        \e[4J\e[3K\e[?J\e[?K
        e

        # With a colour an erased cell is not nothing.
        abc\e[44m\e[K
        \e[2;1H\e[2K
        \e[2;1Habcdefghijkl
        \e[1;5H\e[1K\e[m
        \e[1;3H\e[J
        \e[41m\e[2J\e[m
        \e[1;1Hx
        \e[41m\e[3X\e[2P\e[2@
        \e[L\e[M

        aaaa\e[2D\e[X
        \e[99X
        bbbb\e[4D\e[0X
        \e[1;99H\e[2X

        # From the bottom, from the top, where the cursor waits to wrap.
        0123456789\e[J
        \e[1J
        \e[99;99Habc\e[J\e[1J
        ",
    );
}

#[test]
fn inserting_and_deleting() {
    agree(
        r"
        abcdefghijkl\e[1;3H\e[@
        \e[3@x
        \e[99@
        abcdef\e[1;2H\e[P
        \e[2P\e[99P
        \e[1;99Hx\e[@\e[P

        one\r\ntwo\r\nthree\r\nfour
        \e[2;2H\e[L
        \e[99L
        a\r\nb\r\nc
        \e[1;1H\e[M
        \e[2M
        \e[99M

        # Within a scroll region, and outside of it.
        1\r\n2\r\n3\r\n4\r\n5\r\n6
        \e[2;3r\e[2;1H\e[L
        \e[M
        \e[1;1H\e[L\e[M
        \e[4;1H\e[2L
        \e[M

        \e[4habc\e[1Gxyz
        \e[5G日\e[1G本
        0123456789abcdef
        \e[4l\e[1Gq

        # Repeats.
        ab\e[b\e[3b
        \e[99b
        日\e[2b
        x\n\e[2b
        y\e[m\e[2b
        \x0e\e)0q\x0f\e[3b
        ",
    );
}

#[test]
fn scroll_regions() {
    agree(
        r"
        1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7
        \e[2;3r
        \e[3;1Ha\nb\nc\nd
        \e[2;1H\eMe\eMf
        \e[1;1H\eM\eMg
        \e[99;1H\n\nh
        \e[r\e[99;1H\n\ni

        1\r\n2\r\n3\r\n4
        \e[S
        \e[2T
        \e[99S
        a\r\nb\e[2;4r\e[T\e[2S
        \e[99T

        # Regions that are none.
        \e[3;2ra\n\nb
        \e[2;2rc
        \e[0;0rd
        \e[;3re
        \e[99rf
        \e[2;99rg\n\n\n\nh
        \e[1;1ri

        # Text that wraps at the region's last row.
        \e[1;2r\e[2;1H0123456789abcdefghijklmnopqrstuvwxyz
        \e[99;1H0123456789abcdefghijklmnopqrstuvwxyz

        # Origin mode.
        \e[2;3r\e[?6hx
        \e[5;5Hy
        \e[99Az
        \e[99Bw
        \e[1du
        \e[6n
        \e[?6lv
        \e[2;3r\e[?6h\e[r\e[Ht

        \eD\eD\eE\eEa\eM\eMb
        \e[20hc\nd\e[20l\ne
        ",
    );
}

#[test]
fn the_alternate_screen() {
    agree(
        r"
        main screen\r\nsecond
        \e[?1049h
        other
        \e[2;2Hmore\e[31m
        \e[?1049l
        x

        abc\e[?47hdef
        \e[2;2H\e[?47lghi
        \e[?1047hjkl
        \e[?1047lmno

        # Twice in, twice out, mixed.
        a\e[?1049hb\e[?1049hc
        \e[?1049ld\e[?1049le
        \e[?47hf\e[?1049lg
        \e[?1049hh\e[?47li
        \e[?1048hj\e[H\e[?1048lk

        # Regions, tabs, cursors and modes on either side.
        \e[2;3r\e[3;3Hx\e[?1049h\e[1;2r\e[2;1Ha\n\n\nb
        \e7\e[?1049l\e8c\n\n\n\nd
        \e[?6h\e[?1049h\e[Hy\e[?6l\e[?1049lz
        \e[?1049h\ecr\e[?1049ls

        0123456789\e[?1049h
        x\e[?1049l
        y
        0123456789ab\e[?1049h\e[?1049l
        \e[?1049h日本\e[1;99H語\e[?1049l
        z
        ",
    );
}

#[test]
fn titles() {
    agree(
        r"
        \e]0;one\x07
        \e]2;two\e\\
        \e]1;icon\x07
        \e]0;\x07
        \e]2\x07
        \e]2;a;b;c\x07
        \e]02;zero\x07
        \e]2 ;no\x07
        \e];none\x07
        \e]2;日本 é\x07
        \e]2;  blanks  \x07
        \e]2;tab\there\x07
        \e]2;del\x7f\x07
        \e]2;\xff\xfe\x07
        \e]2;half \xe6\x97\x07
        \e]2;c1 \xc2\x85\x07
        \e]2;#{pane_id} #[fg=red]%H\x07
        \e]2;it's a \x22title\x22 \\\x07
        \e_by apc\e\\
        \e_\e\\
        \eka window\e\\
        \e]l;sun\e\\

        # The stack.
        \e]2;one\x07\e[22t\e[22;0t
        \e]2;two\x07\e[22;2t
        \e]2;three\x07\e[22;1t
        \e[23;2t
        \e[23;0t
        \e[23t
        \e[23;2t
        \e[22;2;22;2t\e]2;x\x07\e[23;2t
        \e[3;1;1;22;2t\e[8;5;5t\e[18t\e[21t
        \ec

        \e]7501;working\x07\e]9;4;1;50\x07\e]9;hello\x07\e]777;notify;a;b\x07
        \e]8;;http://example.org\x07link\e]8;;\x07
        \e]52;c;aGVsbG8=\x07\e]4;1;red\x07\e]10;?\x07\e]11;#123456\x07\e]104\x07\e]112\x07
        \e]133;A\x07\e]7;file:///tmp\x07\e]1337;x=y\x07
        ",
    );
}

#[test]
fn charsets_tests_and_resets() {
    agree(
        r"
        \e(0lqqk\r\nx  x\r\nmqqj\e(B
        abc\x0exyz\e)0xyz\x0fxyz
        \x0e\e7\x0f\e)Bq\e8q
        \e*0\e+0\eNq\eOq\enq\eoq
        \e(A#\e(U!\e(1a

        abc\e#8
        \e[2;2Hx\e#3\e#6y
        \e[2;3r\e#8z
        \n

        # A full reset, and one that is none.
        abc\e[2;3r\e[?6h\e[4h\e[3g\e]2;t\x07\e(0\e[?7l
        \ec
        a\tqbcdefghijklm\n\n\nx
        \e[!p
        y
        \e[?1049hz\e[!pw\ecv
        ",
    );
}

#[test]
fn modes_colours_and_questions_change_no_text() {
    agree(
        r"
        a\e[?2026hb
        \e[2J\e[Hc
        \e[?2026ld
        \e[?2026$pe
        \e[?2004hf\e[200~g\e[201~\e[?2004l
        \e[?1000h\e[?1002h\e[?1003h\e[?1006h\e[?1004h\e[?1005hh
        \e[?1000l\e[?1003l\e[?1006l\e[?1004l
        \e[?25l\e[?25h\e[?12h\e[?1h\e=\e>\e[2 q\e[?5h\e[?5l

        \e[31ma\e[1;4;7mb\e[38;5;200mc\e[48;2;1;2;3md\e[0me
        \e[38;2;300;1;1mf\e[48;5mg\e[38mh\e[4:3mi\e[58:5:1mj\e[m
        \e[999mk\e[;;;ml\e[1;31;mm

        # What they answer goes to the program alone.
        \e[ca\e[>cb\e[=cc\e[5nd\e[6ne\e[?6nf\e[>qg\e[xh\e[14ti\e[18tj\e[20tk
        \eZ\e[0c\e[?1$p\e[>4;1m\e[>4m\e[?4m\e[>1u\e[<u\e[?ul
        \eP+q544e\e\\m\eP$qm\e\\n\e]4;1;?\x07o\x05p

        # Columns of another number, left and right margins, protected cells: not known here.
        abcdef\e[?3h
        ghi\e[?3lj
        \e[?69h\e[2;4sk\e[?69l
        \e[1\x22ql\e[?J\e[?Km
        \e[2;2;3;3$zn\e[1;1;2;2;1;3;3$vo
        \e[2'}p\e[2'~q\e[ @r\e[2 As
        \e[?2027h👨‍👩‍👧t\e[?2027l
        ",
    );
}
