using System.Text.RegularExpressions;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Docs;

/// <summary>The tables of docs/redis-data-model.md.</summary>
internal static partial class DataModelPage
{
    private static readonly string Text = Repository.Read("docs", "redis-data-model.md");

    /// <summary>Key without the root, such as <c>job:&lt;id&gt;</c>, and its type in capitals; in the order of the page.</summary>
    public static IReadOnlyList<(string Name, string Type)> Keys { get; } = [.. Rows("Keys").SelectMany(ReadKeys)];

    /// <summary>Channels without the root.</summary>
    public static IReadOnlyList<string> Channels { get; } = [.. Rows("Channels").SelectMany(static row => Named(row[0]))];

    /// <summary>Members of the record in the order of the page.</summary>
    public static IReadOnlyList<string> Members { get; } = [.. Rows("The record").SelectMany(static row => Quoted(row[0]))];

    /// <summary>What the page quotes in the row of a key or member.</summary>
    public static IReadOnlyList<string> QuotedBeside(string section, string name)
        => [.. Rows(section).Where(row => Quoted(row[0]).Contains(name)).SelectMany(static row => row[1..].SelectMany(Quoted))];

    private static IEnumerable<(string Name, string Type)> ReadKeys(string[] row)
    {
        var names = Named(row[0]).ToArray();
        var types = row[1].Split(", ");
        types.Should().Match(found => found.Count() == 1 || found.Count() == names.Length, $"the row of {row[0]} gives one type, or one a key");
        return names.Select((name, at) => (name, types[types.Length == 1 ? 0 : at].ToUpperInvariant()));
    }

    private static IEnumerable<string> Named(string cell)
        => Quoted(cell).Select(static name => name.StartsWith("P:", StringComparison.Ordinal) ? name[2..] : throw new InvalidOperationException($"'{name}' does not begin with P:"));

    private static IEnumerable<string> Quoted(string cell) => Quotation().Matches(cell).Select(static quotation => quotation.Groups["text"].Value.Replace("\\|", "|", StringComparison.Ordinal));

    /// <summary>The cells of the first table under a heading, without its head.</summary>
    private static IEnumerable<string[]> Rows(string section)
    {
        var lines = Text.Split('\n').SkipWhile(line => line != "## " + section).ToArray();
        lines.Should().NotBeEmpty($"the page has the section {section}");
        return lines
            .SkipWhile(static line => !line.StartsWith('|'))
            .TakeWhile(static line => line.StartsWith('|'))
            .Skip(2)
            .Select(static line => Separator().Split(line.Trim('|')).Select(static cell => cell.Trim()).ToArray());
    }

    [GeneratedRegex("`(?<text>[^`]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Quotation();

    [GeneratedRegex("(?<!\\\\)\\|", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Separator();
}
