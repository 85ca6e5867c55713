using System.Security.Cryptography;
using System.Text;

namespace JobQueue.Redis;

/// <summary>One Lua script with its shared parts put in place, and the SHA-1 that Redis knows it by.</summary>
internal sealed class RedisScript
{
    private const string IncludePrefix = "--@include ";

    private RedisScript(string name, string text)
    {
        Name = name;
        Text = text;
#pragma warning disable CA5350 // EVALSHA names a script by its SHA-1; nothing is protected by it.
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
    }

    public string Name { get; }

    public string Text { get; }

    public byte[] Hash { get; }

    public static RedisScript Load(string name)
    {
        var text = new StringBuilder();
        foreach (var line in ReadResource(name + ".lua").Split('\n'))
        {
            var part = line.StartsWith(IncludePrefix, StringComparison.Ordinal) ? ReadResource(line[IncludePrefix.Length..].Trim()) : line;
            if (!IsComment(line) || line.StartsWith(IncludePrefix, StringComparison.Ordinal))
            {
                text.Append(part).Append('\n');
            }
        }

        return new RedisScript(name, text.ToString());
    }

    private static bool IsComment(string line) => line.StartsWith("--", StringComparison.Ordinal);

    private static string ReadResource(string name)
    {
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The script '{name}' is not embedded in {typeof(RedisScript).Assembly.GetName().Name}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
