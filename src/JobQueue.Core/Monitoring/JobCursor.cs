using JobQueue.Diagnostics;

namespace JobQueue.Monitoring;

/// <summary>
/// The text form of a place in a list: the list's name, then the parts that its script goes on from, joined by <c>~</c>, which
/// stands in none of them and needs no escape in a URL. Every part is checked before it goes to Redis.
/// </summary>
internal sealed class JobCursor
{
    private const char Separator = '~';
    private const int MaxDigits = 15;
    private const int MaxScanDigits = 20;

    private readonly string _name;
    private readonly string[] _shape;

    /// <param name="name">Begins the text of every cursor of the list.</param>
    /// <param name="shape">
    /// The parts, separated by spaces; fields of one part by <c>|</c>. p a priority or suspect, q a queue, n a number, i an id or
    /// nothing, s the cursor of a scan or nothing.
    /// </param>
    private JobCursor(string name, string shape)
    {
        _name = name;
        _shape = shape.Split(' ');
    }

    public static JobCursor Recent { get; } = new("recent", "n i");

    private static readonly Dictionary<JobState, JobCursor> ByState = new()
    {
        [JobState.Pending] = new("pending", "p|q n i"),
        [JobState.Scheduled] = new("scheduled", "n p|q|i"),
        [JobState.Retrying] = new("retrying", "n p|q|i"),
        [JobState.Dead] = new("failed", "n i"),
        [JobState.Running] = new("running", "i s s"),
        [JobState.Completed] = new("completed", "n i|n|n"),
        [JobState.Cancelled] = new("cancelled", "n i|n|n"),
    };

    /// <summary>The cursors of a state's list.</summary>
    public static JobCursor Of(JobState state) => ByState.TryGetValue(state, out var cursor) ? cursor : throw Errors.UnknownState(state);

    /// <summary>The text for the parts that a script answered; null when there is no more.</summary>
    public string? Format(string[] parts)
        => parts.Length == 0 ? null : string.Join(Separator, [_name, .. parts.Select(static part => part.Replace('|', Separator))]);

    /// <summary>The parts of a text; null for the beginning.</summary>
    public string[]? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var fields = text.Split(Separator);
        var next = 1;
        var parts = new string[_shape.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var kinds = _shape[i].Split('|');
            if (fields[0] != _name || next + kinds.Length > fields.Length || !AllFit(kinds, fields.AsSpan(next)))
            {
                throw Errors.InvalidCursor(text);
            }

            parts[i] = string.Join('|', fields, next, kinds.Length);
            next += kinds.Length;
        }

        return next == fields.Length ? parts : throw Errors.InvalidCursor(text);
    }

    private static bool AllFit(string[] kinds, ReadOnlySpan<string> fields)
    {
        for (var i = 0; i < kinds.Length; i++)
        {
            if (!Fits(kinds[i], fields[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Fits(string kind, string field) => kind switch
    {
        "p" => field is "suspect" or "critical" or "high" or "normal" or "low",
        "q" => Names.IsValid(field),
        "n" => field.Length is > 0 and <= MaxDigits && field.All(char.IsAsciiDigit),
        "s" => field.Length <= MaxScanDigits && field.All(char.IsAsciiDigit),
        _ => field.Length == 0 || (field.Length == 32 && field.All(char.IsAsciiHexDigitLower)),
    };
}
