using System.Text.RegularExpressions;
using JobQueue.Core.Tests.Redis.Scripts;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis;

/// <summary>What every script file says about itself is true.</summary>
public sealed partial class ScriptFilesTests
{
    private static readonly string[] RequiredFields = ["TRANSITION", "KEYS", "ARGV", "RETURNS", "COST"];

    /// <summary>A full server must be drainable: these begin with a write that lifts the memory check.</summary>
    private static readonly string[] RunOnFullServer = ["fetch", "complete", "settle", "release", "reconcile", "recover", "join", "beat", "leave", "open", "turn", "wait", "cancel", "delete",
        "clear_dead", "trim", "trim_dead", "prune", "pause", "resume", "purge", "listen", "bury", "register_handlers", "store_step",
        "repair_job", "repair_entry", "repair_index", "repair_group", "set_aside", "switch_recurring", "remove_recurring"];

    /// <summary>A full server refuses these, because they would fill it more.</summary>
    private static readonly string[] RefusedByFullServer = ["enqueue", "promote", "requeue", "run_now", "progress", "log", "put_recurring", "fire_recurring"];

    public static TheoryData<string> Files => [.. ScriptHeader.FileNames];

    [Fact]
    public void Every_file_is_listed_and_every_listed_script_is_a_file()
        => RedisScripts.All.Select(static script => script.Name).Should().BeEquivalentTo(ScriptHeader.FileNames);

    [Fact]
    public void Every_script_of_the_list_has_a_property_of_its_name()
        => typeof(RedisScripts).GetProperties()
            .Where(static property => property.PropertyType == typeof(RedisScript))
            .Select(static property => ToFileName(property.Name))
            .Should().BeEquivalentTo(ScriptHeader.FileNames);

    [Theory]
    [MemberData(nameof(Files))]
    public void A_header_has_every_part_in_order(string name)
    {
        var header = Parse(name);

        header.FileName.Should().Be(name + ".lua");
        header.Prose.Should().NotBeEmpty();
        header.Fields.Select(static field => field.Name).Where(RequiredFields.Contains).Should().Equal(RequiredFields);
        header.Fields.Should().OnlyContain(static field => field.Text.Length > 0);
        header.Fields.Should().OnlyHaveUniqueItems(static field => field.Name);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_header_declares_the_root_and_meta(string name)
    {
        var keys = Parse(name).Find("KEYS")!.Lines;

        keys.Should().HaveCount(2);
        keys[0].Should().MatchRegex("^1 +root +P, never exists");
        keys[1].Should().MatchRegex("^2 +meta +HASH +P:meta, ");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_locals_at_the_head_name_keys_and_arguments_in_their_order(string name)
    {
        var header = Parse(name);
        var locals = HeadLocals(header).ToArray();
        var arguments = Arguments(header).ToArray();

        var keys = locals.TakeWhile(static local => local.Value.StartsWith("KEYS", StringComparison.Ordinal)).ToArray();
        keys.Should().OnlyContain(static local => local.Value == (local.Name == "root" ? "KEYS[1]" : "KEYS[2]"));
        locals.Skip(keys.Length).Take(arguments.Length).Select(static local => local.Name).Should().Equal(arguments.Select(static argument => argument.Local));
        locals.Skip(keys.Length).Take(arguments.Length).Select(static local => Unwrap(local.Value))
            .Should().Equal(arguments.Select(static argument => $"ARGV[{argument.Position}]"));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_key_is_derived_from_the_root_and_named_in_the_header(string name)
    {
        var header = Parse(name);
        var derived = header.Find("DERIVED")?.Text ?? "";

        var named = DerivedKey().Matches(string.Join('\n', header.Body)).Select(static key => key.Groups["name"].Value).Distinct();

        named.Where(key => key is not ("none" or "job" or "queue" or "idle" or "timers"))
            .Where(key => !derived.Contains(key.TrimEnd(':'), StringComparison.Ordinal))
            .Should().BeEmpty("a key that a script uses stands in its header");
    }

    [Fact]
    public void The_headers_transitions_are_those_of_the_state_machine()
    {
        var fromHeaders = ScriptHeader.FileNames.SelectMany(static name => Parse(name).Find("TRANSITION")!.Text
            .Split(", ")
            .Where(static transition => transition != "none")
            .Select(transition => $"{name}: {transition}"));
        var fromTable = JobStateMachine.Transitions.Select(static row => $"{row.Script}: {row.From?.ToString() ?? "(new)"} -> {row.To?.ToString() ?? "(gone)"}");

        fromHeaders.Should().BeEquivalentTo(fromTable);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_status_is_a_number_of_ScriptStatus_under_its_name(string name)
    {
        var header = Parse(name);
        var stated = StatusNumber().Matches(header.Find("STATUS")?.Text ?? "").Select(static status => int.Parse(status.Value, null)).ToArray();
        var constants = StatusConstants(name).ToArray();

        stated.Where(static number => !Enum.IsDefined((ScriptStatus)number)).Should().BeEmpty();
        stated.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        constants.Where(static constant => (int)Enum.Parse<ScriptStatus>(constant.Name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true) != constant.Number)
            .Should().BeEmpty("a constant has the number of its name");
        constants.Select(static constant => constant.Number).Distinct().Should().BeEquivalentTo(stated, "the header states what the script can answer");
    }

    [Fact]
    public void A_script_that_drains_a_full_server_begins_with_a_write_that_needs_no_memory()
        => RunOnFullServer.Select(static name => (name, First: FirstWrite().Match(string.Join('\n', Parse(name).Body)).Value))
            .Where(static script => script.First != "redis.call('DEL', root .. ':none')")
            .Should().BeEmpty();

    [Fact]
    public void A_script_that_fills_a_server_does_not_lift_the_memory_check()
        => RedisScripts.All.Where(static script => RefusedByFullServer.Contains(script.Name))
            .Should().HaveCount(RefusedByFullServer.Length)
            .And.OnlyContain(static script => !script.Text.Contains("':none'"));

    [Fact]
    public void Every_script_that_writes_says_whether_a_full_server_runs_it()
        => RedisScripts.All.Where(static script => FirstWrite().IsMatch(string.Join('\n', Parse(script.Name).Body)))
            .Select(static script => script.Name)
            .Should().BeEquivalentTo(RunOnFullServer.Concat(RefusedByFullServer));

    [Fact]
    public void Every_script_that_lets_a_job_wait_run_or_end_tells_those_who_listen()
        => ScriptHeader.FileNames
            .Where(static name => Parse(name).Find("TRANSITION")!.Text.Split(", ").Any(static row => row != "none" && !row.EndsWith("(gone)", StringComparison.Ordinal)))
            .Where(static name => !Parse(name).Body.Any(static line => line.TrimStart().StartsWith("tell_listeners(root, now, ", StringComparison.Ordinal)))
            .Should().BeEmpty();

    [Theory]
    [MemberData(nameof(Files))]
    public void Publishing_never_fails_a_script(string name)
        => RedisScripts.All.Single(script => script.Name == name).Text.Should().NotContain("redis.call('PUBLISH'");

    private static ScriptHeader Parse(string name) => ScriptHeader.Parse(ScriptHeader.ReadFile(name));

    private static string ToFileName(string property)
        => Capital().Replace(property, static letter => (letter.Index == 0 ? "" : "_") + letter.Value.ToLowerInvariant());

    /// <summary>The numbered lines of ARGV: which argument a local names, and the local that is to name it.</summary>
    private static IEnumerable<(int Position, string Local)> Arguments(ScriptHeader header)
        => header.Find("ARGV")!.Lines
            .Select(static line => Argument().Match(line))
            .Where(static line => line.Success)
            .Select(static line => (int.Parse(line.Groups["position"].Value, null), line.Groups["name"].Value == "worker_id" ? "worker" : line.Groups["name"].Value));

    /// <summary>The first locals of the body, those of one line taken apart.</summary>
    private static IEnumerable<(string Name, string Value)> HeadLocals(ScriptHeader header)
        => header.Body
            .Where(static line => line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal))
            .Select(static line => HeadLocal().Match(line))
            .TakeWhile(static line => line.Success)
            .SelectMany(static line => line.Groups["names"].Value.Split(", ").Zip(line.Groups["values"].Value.Split(", ")));

    private static string Unwrap(string value) => value.StartsWith("tonumber(", StringComparison.Ordinal) ? value["tonumber(".Length..^1] : value;

    /// <summary>Constants of the script and its includes that are statuses: those that a reply or a status table carries.</summary>
    private static IEnumerable<(string Name, int Number)> StatusConstants(string name)
        => RedisScripts.All.Single(script => script.Name == name).Text.Split('\n')
            .Select(static line => Constants().Match(line))
            .Where(static line => line.Success)
            .SelectMany(static line => line.Groups["names"].Value.Split(", ").Zip(line.Groups["numbers"].Value.Split(", ").Select(static number => int.Parse(number, null))))
            .Where(static constant => Enum.GetNames<ScriptStatus>().Contains(constant.First.Replace("_", "", StringComparison.Ordinal), StringComparer.OrdinalIgnoreCase));

    [GeneratedRegex("^(?<position>[0-9]+) +(?<name>[a-z0-9_]+) ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Argument();

    [GeneratedRegex("^local (?<names>[a-zA-Z0-9_, ]+) = (?<values>((tonumber\\()?(KEYS|ARGV)\\[[0-9]\\]\\)?(, )?)+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex HeadLocal();

    [GeneratedRegex("^local (?<names>[A-Z][A-Z_, ]+) = (?<numbers>[0-9]+(, [0-9]+)*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Constants();

    [GeneratedRegex("(?<=^|, )[0-9]+(?= )", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex StatusNumber();

    [GeneratedRegex("root \\.\\. ':(?<name>[a-z:]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex DerivedKey();

    [GeneratedRegex("(?<![a-z_])(hand_back|wake|drop_tombstones|discard_jobs|leave_groups|leave_place|write_endings|write_statistics|clear_marks|add_timed)\\(|redis\\.p?call\\('(DEL|SET|MSET|HSET|HSETNX|HDEL|HINCRBY|SADD|SREM|ZADD|ZREM|ZREMRANGEBYSCORE|LPUSH|RPUSH|LTRIM|LSET)'[^)]*\\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex FirstWrite();

    [GeneratedRegex("[A-Z]", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Capital();
}
