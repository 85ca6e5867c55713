namespace JobQueue.SourceGeneration.Rules;

/// <summary>The one rule for names, as the library checks it at run time: <c>^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$</c>.</summary>
internal static class JobNames
{
    public const string Rule = "1 to 200 letters, digits, dots, hyphens or underscores, starting with a letter or digit";

    private const int MaxLength = 200;
    private const int ShortenTo = 60;

    public static bool IsValid(string? name)
        => name is { Length: > 0 and <= MaxLength } && IsLetterOrDigit(name[0]) && name.All(static c => IsLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>The value for a message: short, and plain when it is null.</summary>
    public static string Show(string? value)
        => value is null ? "null" : value.Length <= ShortenTo ? $"'{value}'" : $"'{value.Substring(0, ShortenTo)}…'";

    private static bool IsLetterOrDigit(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9');
}
