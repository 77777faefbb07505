//! Text by theme: edges, wide and joined characters, and bytes that are none.

use crate::screen_streams::agree;

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
