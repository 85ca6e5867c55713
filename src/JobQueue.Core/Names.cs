using System.Text;

namespace JobQueue;

/// <summary>The one rule for names of handlers, queues, tasks and workers: <c>^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$</c>.</summary>
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
}
