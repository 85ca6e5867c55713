using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using JobQueue.Core.Tests.Jobs;
using JobQueue.Core.Tests.Redis.Scripts;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Docs;

/// <summary>docs/redis-data-model.md names every key, channel and member that the code uses, and nothing else.</summary>
public sealed partial class DataModelPageTests
{
    /// <summary>Words of the scripts' headers for keys whose names have parts that differ.</summary>
    private static readonly Dictionary<string, string[]> FullNames = new()
    {
        ["job"] = ["job:<id>"],
        ["job log"] = ["job:<id>:log"],
        ["job steps"] = ["job:<id>:steps"],
        ["queue"] = ["queue:<queue>:<priority>"],
        ["idle"] = ["idle", "idle:<queue>"],
    };

    [Fact]
    public void Every_key_of_a_scripts_header_is_in_the_table_with_its_type()
        => UsedKeys().Where(static key => !DataModelPage.Keys.Contains((key.Name, key.Type)))
            .Select(static key => $"{key.Script}.lua: P:{key.Name} {key.Type}")
            .Should().BeEmpty("a key that a script uses has a row in docs/redis-data-model.md");

    [Fact]
    public void Every_key_of_the_table_is_used_by_a_script()
    {
        DataModelPage.Keys.Should().OnlyHaveUniqueItems();
        DataModelPage.Keys.Except(UsedKeys().Select(static key => (key.Name, key.Type))).Should().BeEmpty("a row describes what scripts do");
    }

    [Fact]
    public void The_types_that_a_verification_expects_are_those_of_the_table()
        => DataModelPage.Keys.Select(static key => (key.Name, Expected: KeyNames.TypeOf(Part().Replace(key.Name, "x"))?.ToUpperInvariant()))
            .Should().Equal(DataModelPage.Keys.Select(static key => (key.Name, (string?)key.Type)));

    [Fact]
    public void Every_channel_is_in_its_table_and_nothing_else()
    {
        var published = RedisScripts.All.SelectMany(static script => Publication().Matches(script.Text)).Select(static call => call.Groups["name"].Value);
        var subscribed = typeof(RedisKeys).GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(static member => member is PropertyInfo or MethodInfo { IsSpecialName: false } && member.Name.EndsWith("Channel", StringComparison.Ordinal))
            .Select(static member => member.Name[..^"Channel".Length].ToLowerInvariant());

        DataModelPage.Channels.Should().OnlyHaveUniqueItems();
        DataModelPage.Channels.Select(static channel => channel.Split(":<")[0]).Should().BeEquivalentTo(published.Union(subscribed));
    }

    [Fact]
    public void The_totals_that_scripts_count_are_in_the_row_of_stats()
        => RedisScripts.All.SelectMany(static script => Total().Matches(script.Text))
            .Select(static call => call.Groups["name"].Value)
            .Distinct()
            .Should().BeSubsetOf(DataModelPage.QuotedBeside("Keys", "P:stats"));

    [Fact]
    public void Every_member_of_a_record_is_in_its_table_in_the_writers_order_and_nothing_else()
    {
        typeof(JobRecord).GetProperties()
            .Where(static property => property.CanWrite && IsDefault(property))
            .Should().BeEmpty("the full sample has every member");

        DataModelPage.Members.Should().Equal(WrittenMembers());
    }

    [Fact]
    public void Every_member_of_an_attempt_is_in_its_row()
        => DataModelPage.QuotedBeside("The record", "attempts").Should().Equal(Written().GetProperty("attempts")[0].EnumerateObject().Select(static member => member.Name));

    private static bool IsDefault(PropertyInfo property)
    {
        var value = property.GetValue(SampleRecord.Full());
        return value is null || (property.PropertyType.IsValueType && property.PropertyType != typeof(JobPriority) && value.Equals(Activator.CreateInstance(property.PropertyType)));
    }

    private static JsonElement Written() => JsonDocument.Parse(JobRecordWriter.Write(SampleRecord.Full())).RootElement;

    private static IEnumerable<string> WrittenMembers() => Written().EnumerateObject().Select(static member => member.Name);

    private static IEnumerable<(string Script, string Name, string Type)> UsedKeys()
        => ScriptHeader.FileNames.SelectMany(static script => Derived(script).Append((script, "meta", "HASH")));

    private static IEnumerable<(string Script, string Name, string Type)> Derived(string script)
    {
        var text = ScriptHeader.Parse(ScriptHeader.ReadFile(script)).Find("DERIVED")?.Text ?? "";
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var key = HeaderKey().Match(part);
            key.Success.Should().BeTrue($"'{part}' in the DERIVED of {script}.lua is a name and a type");
            foreach (var name in FullNames.GetValueOrDefault(key.Groups["name"].Value, [key.Groups["name"].Value]))
            {
                yield return (script, name, key.Groups["type"].Value);
            }
        }
    }

    [GeneratedRegex("^(?<name>[a-z:<> ]+) (?<type>HASH|LIST|SET|ZSET|STRING)s?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex HeaderKey();

    [GeneratedRegex("<[a-z]+>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Part();

    [GeneratedRegex("'PUBLISH', *root \\.\\. ':(?<name>[a-z]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Publication();

    [GeneratedRegex("'HINCRBY', *(root \\.\\. ':stats'|stats), '(?<name>[a-z_]+)'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Total();
}
