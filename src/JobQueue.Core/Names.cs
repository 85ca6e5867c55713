using System.Text;

namespace JobQueue;

/// <summary>The one rule for names of handlers, queues, tasks and workers: <c>^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$</c>.</summary>
/// <remarks>The compiler checks attributes with it, so it keeps to what netstandard2.0 has.</remarks>
internal static class Names
{
    public const int MaxLength = 200;

    public const string Rule = "1 to 200 letters, digits, dots, hyphens or underscores, starting with a letter or digit";

    private const int ShortenTo = 60;

    public static bool IsValid(string? name)
    {
        if (name is not { Length: > 0 and <= MaxLength } || !char.IsAsciiLetterOrDigit(name[0]))
        {
            return false;
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Cuts a value that came from outside, so that an error text stays readable.</summary>
    public static string Shorten(string? value)
        => value is null ? "null" : value.Length <= ShortenTo ? value : string.Concat(value.AsSpan(0, ShortenTo), "…");

    /// <summary>The known name that a mistyped one was probably meant to be: a few letters differ at most. Null when there is none.</summary>
    public static string? FindNearest(string name, IEnumerable<string> known)
    {
        string? nearest = null;
        var least = ((name.Length + 2) / 3) + 1;
        foreach (var candidate in known)
        {
            var distance = Math.Abs(candidate.Length - name.Length) >= least ? least : Distance(name, candidate);
            if (distance < least)
            {
                (nearest, least) = (candidate, distance);
            }
        }

        return nearest;
    }

    public static string FromMachine(string machineName)
    {
        var name = new StringBuilder(machineName.Length);
        foreach (var c in machineName)
        {
            var allowed = char.IsAsciiLetterOrDigit(c) || (name.Length > 0 && c is '.' or '_' or '-');
            name.Append(allowed ? c : name.Length == 0 ? 'w' : '-');
        }

        return name.Length == 0 ? "worker" : name.ToString(0, Math.Min(name.Length, 100));
    }

    /// <summary>Levenshtein's: how many letters to put in, take out or change, whatever their case.</summary>
    private static int Distance(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (var at = 0; at <= right.Length; at++)
        {
            row[at] = at;
        }

        for (var i = 0; i < left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i + 1;
            for (var j = 0; j < right.Length; j++)
            {
                var change = diagonal + (char.ToLowerInvariant(left[i]) == char.ToLowerInvariant(right[j]) ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(change, Math.Min(row[j], diagonal) + 1);
            }
        }

        return row[right.Length];
    }
}
