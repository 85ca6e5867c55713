namespace JobQueue.Monitoring.Verification;

/// <summary>Reads ids and the texts that hold them.</summary>
internal static class Entry
{
    private const int IdLength = 32;

    /// <summary>An id as the library writes it: 32 lower-case hex digits.</summary>
    public static bool TryReadId(string text, out JobId id)
    {
        id = default;
        if (text.Length != IdLength)
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigitLower(c))
            {
                return false;
            }
        }

        return JobId.TryParse(text, out id);
    }

    /// <summary><c>&lt;priority&gt;|&lt;queue&gt;|&lt;id&gt;</c>.</summary>
    public static bool TryReadTimed(string text, out string line, out JobId id)
    {
        var bar = text.LastIndexOf('|');
        line = bar > 0 ? text[..bar] : "";
        id = default;
        return bar > 0 && IsLine(line) && TryReadId(text[(bar + 1)..], out id);
    }

    /// <summary><c>&lt;id&gt;|&lt;finished ms&gt;|&lt;bytes&gt;</c>.</summary>
    public static bool TryReadFinished(string text, out JobId id)
    {
        var parts = text.Split('|');
        id = default;
        return parts.Length == 3 && TryReadId(parts[0], out id) && IsNumber(parts[1]) && IsNumber(parts[2]);
    }

    public static bool IsLine(string line)
    {
        var bar = line.IndexOf('|', StringComparison.Ordinal);
        return bar > 0 && line.AsSpan(0, bar).ContainsAnyExceptInRange('a', 'z') is false && Names.IsValid(line[(bar + 1)..]);
    }

    private static bool IsNumber(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
}
