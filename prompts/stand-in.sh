#!/bin/sh
# A stand-in for a coding agent, for agents.example.toml and `ao demo`: it plays the builder, the adversary
# or the orchestrator of the prompts beside it with a POSIX shell and git, and costs nothing.
#
# Its last argument is the prompt, as with real agents. It runs in a directory of its own, which becomes its
# clone of ../remote.git; the builder makes that remote if it is not there yet. STAND_IN_PACE is how many
# seconds each step takes.

set -u

# The value behind the first "NAME: " in some text; nothing if there is none.
value() {
    sed -n "s/^[- ]*$1: *//p" | head -n 1
}

prompt=
for prompt in "$@"; do :; done
role=$(printf '%s\n' "$prompt" | value Role)
phase=$(printf '%s\n' "$prompt" | value Phase)
status=$(printf '%s\n' "$prompt" | value Status)
review=machine-docs/REVIEW-$phase.md
inbox=machine-docs/BUILDER-INBOX.md
pace=${STAND_IN_PACE:-1}
early_looks=10

# Nobody's own settings, hooks and signing keys belong into a demonstration.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
export GIT_AUTHOR_NAME="${role:-orchestrator}" GIT_AUTHOR_EMAIL=stand-in@example.invalid
export GIT_COMMITTER_NAME="$GIT_AUTHOR_NAME" GIT_COMMITTER_EMAIL="$GIT_AUTHOR_EMAIL"

# A screen as agents have them: what it is about, and either a busy sign or a place to type.
screen() {
    printf '\033[2J\033[H%s %s\n\n%s\n' "${role:-orchestrator}" "$phase" "$1"
}

works() {
    screen "[working] $1"
    sleep "$pace"
}

# Waits until somebody types a line, and takes it for what it is: a reason to look.
waits() {
    screen "$1"
    printf '\n> '
    IFS= read -r _ || exit 0
}

fails() {
    screen "it cannot go on: $1"
    exit 1
}

# A remote with one commit, which is there at once or not at all.
make_remote() {
    rm -rf ../remote.new
    mkdir -p ../remote.new/seed/plans || fails "the remote cannot be made"
    (
        cd ../remote.new/seed || exit 1
        git init -q . && git symbolic-ref HEAD refs/heads/main || exit 1
        echo 'sh greet.sh NAME prints "hello, NAME"; without a name it prints "hello, world".' >plans/greet.md
        echo 'sh count.sh prints how many lines it was given, 0 for none.' >plans/count.md
        git add . && git commit -q -m 'plan: two small programs' && git clone -q --bare . ../remote.git
    ) || fails "the remote cannot be made"
    mv ../remote.new/remote.git ../remote.git && rm -rf ../remote.new
}

# What was not pushed has not happened: whoever was interrupted begins its turn again.
pull() {
    git fetch -q origin && git reset -q --hard origin/main && git clean -q -f -d || fails "git says why above"
}

# One turn ends: everything that changed is on the remote, or the turn is taken again.
push() {
    git add -A && git commit -q -m "$1" && git push -q origin HEAD:main || works "pulls, since the push was refused"
}

claimed() {
    value Claim <"$status" 2>/dev/null
}

judged() {
    value Judged <"$review" 2>/dev/null
}

# The builder's work. Its first greeting forgets whoever gives no name, as first attempts do.
build() {
    case $phase:$1 in
        greet:1) echo 'echo "hello, $1"' >greet.sh ;;
        greet:*) echo 'echo "hello, ${1:-world}"' >greet.sh ;;
        *) echo 'grep -c "" || :' >count.sh ;;
    esac
}

# The adversary's check: what is wrong, or nothing.
check() {
    case $phase in
        greet)
            said=$(sh greet.sh ao)
            [ "$said" = 'hello, ao' ] || echo "greet.sh ao says: $said"
            said=$(sh greet.sh)
            [ "$said" = 'hello, world' ] || echo "greet.sh without a name says: $said"
            ;;
        *)
            said=$(printf 'a\nb\n' | sh count.sh)
            [ "$said" = 2 ] || echo "count.sh finds $said lines in two"
            said=$(sh count.sh </dev/null)
            [ "$said" = 0 ] || echo "count.sh finds $said lines in none"
            ;;
    esac
}

claim() {
    build "$1"
    mkdir -p machine-docs
    printf 'Claim: %s\nCheck: run the program as the plan says, and without input.\n' "$1" >"$status"
    push "claim: $phase, attempt $1"
}

builder() {
    number=$(claimed)
    if grep -q '^## DONE' "$status" 2>/dev/null; then
        waits "The phase is done."
    elif [ -f "$inbox" ]; then
        works "reads the inbox: $(head -n 1 "$inbox")"
        rm -f "$inbox"
        works "mends it"
        claim "$((number + 1))"
    elif [ -z "$number" ]; then
        works "reads the plan: $(cat "$plan")"
        works "writes the program"
        claim 1
    elif [ "$(judged)" = "$number" ]; then
        works "writes down that the phase is done"
        printf '\n## DONE\n\nEvidence: claim %s, judged PASS in %s\n' \
            "$number" "$(git log -1 --format=%h -- "$review")" >>"$status"
        push "claim: $phase is done"
    else
        waits "Claim $number is pushed. The adversary has to judge it."
    fi
}

adversary() {
    number=$(claimed)
    if grep -q '^## DONE' "$status" 2>/dev/null; then
        waits "The phase is done."
    elif [ -n "$number" ] && [ "$number" != "$(judged)" ]; then
        early_looks=0
        works "tries to break claim $number"
        found=$(check)
        verdict=PASS
        if [ -n "$found" ]; then
            verdict=FAIL
            printf '%s\n' "$found" >"$inbox"
        fi
        printf 'Judged: %s\nVerdict: %s\n%s\n' "$number" "$verdict" "$found" >"$review"
        push "review: $phase, attempt $number: $verdict"
    elif [ "$early_looks" -gt 0 ]; then
        # A claim may have come before anybody was there to tell of it.
        early_looks=$((early_looks - 1))
        works "reads the plan: $(cat "$plan")"
    else
        waits "There is no claim to judge."
    fi
}

orchestrator() {
    waits "$(git log --format='%h %an: %s' -n 12 2>&1)

WAITING-UNTIL: $(date -u +%Y-%m-%d)T23:59:59Z"
}

plan=$(printf '%s\n' "$prompt" | value Plan)
if [ ! -d ../remote.git ] && [ "$role" = builder ]; then
    works "makes the remote"
    make_remote
fi
while [ ! -d ../remote.git ]; do
    works "waits for the remote"
done
git init -q . && git symbolic-ref HEAD refs/heads/main || fails "git init failed"
git remote add origin ../remote.git 2>/dev/null
# An earlier life may have been ended while git was at work.
rm -f .git/index.lock

while :; do
    pull
    case $role in
        builder | adversary) "$role" ;;
        *) orchestrator ;;
    esac
done
