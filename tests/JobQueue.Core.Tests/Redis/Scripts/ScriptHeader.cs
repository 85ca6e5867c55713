using System.Text;
using System.Text.RegularExpressions;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>One field of a header, such as <c>KEYS</c> or <c>COST</c>, with the lines that belong to it.</summary>
internal sealed record HeaderField(string Name, IReadOnlyList<string> Lines)
{
    public string Text => string.Join(' ', Lines);
}

/// <summary>A script file as it is written: the header that every script opens with, and its body.</summary>
internal sealed partial class ScriptHeader
{
    private ScriptHeader(string fileName, IReadOnlyList<string> prose, IReadOnlyList<HeaderField> fields, IReadOnlyList<string> body)
    {
        FileName = fileName;
        Prose = prose;
        Fields = fields;
        Body = body;
    }

    /// <summary>The first line, which repeats the file's name.</summary>
    public string FileName { get; }

    /// <summary>What the script does, and why it is safe to repeat.</summary>
    public IReadOnlyList<string> Prose { get; }

    public IReadOnlyList<HeaderField> Fields { get; }

    /// <summary>The lines after the header.</summary>
    public IReadOnlyList<string> Body { get; }

    public HeaderField? Find(string name) => Fields.FirstOrDefault(field => field.Name == name);

    /// <summary>The single keys that the header derives from the root, such as <c>running</c>, by type.</summary>
    public IReadOnlyDictionary<string, string> DerivedKeys
        => DerivedKey().Matches(Find("DERIVED")?.Text ?? "").ToDictionary(static key => key.Groups["name"].Value, static key => key.Groups["type"].Value);

    /// <summary>The names of the script files, without their ending.</summary>
    public static IReadOnlyList<string> FileNames { get; } =
    [
        .. typeof(RedisScript).Assembly.GetManifestResourceNames()
            .Where(static name => name.EndsWith(".lua", StringComparison.Ordinal) && !name.Contains('/', StringComparison.Ordinal))
            .Select(static name => name[..^".lua".Length])
            .Order(StringComparer.Ordinal),
    ];

    public static string ReadFile(string name)
    {
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream(name + ".lua")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    public static ScriptHeader Parse(string text)
    {
        var lines = text.Split('\n');
        var header = lines.TakeWhile(static line => line.StartsWith("--", StringComparison.Ordinal) && !line.StartsWith("--@", StringComparison.Ordinal)).ToArray();
        var content = header.Select(static line => line.Length > 3 ? line[3..] : "").ToArray();
        var first = Array.FindIndex(content, static line => FieldStart().IsMatch(line));
        var prose = content[1..first].Where(static line => line.Length > 0).ToArray();

        var fields = new List<HeaderField>();
        foreach (var line in content[first..])
        {
            var start = FieldStart().Match(line);
            if (start.Success)
            {
                fields.Add(new HeaderField(start.Groups["name"].Value, [line[start.Length..].TrimEnd()]));
            }
            else
            {
                fields[^1] = fields[^1] with { Lines = [.. fields[^1].Lines, line.Trim()] };
            }
        }

        return new ScriptHeader(content[0].Trim(), prose, fields, lines[header.Length..]);
    }

    [GeneratedRegex("^(?<name>TRANSITION|KEYS|DERIVED|ARGV|RETURNS|STATUS|COST)\\b *(\\(same slot\\) *)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex FieldStart();

    [GeneratedRegex("(?<=^|, *)(?<name>[a-z]+(:count|:groups)?) (?<type>HASH|LIST|SET|ZSET|STRING)(?=,|$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex DerivedKey();
}
