namespace JobQueue.SourceGeneration.Rules;

/// <summary>The library's rule for names, and how messages show one.</summary>
internal static class JobNames
{
    public const string Rule = Names.Rule;

    public static bool IsValid(string? name) => Names.IsValid(name);

    /// <summary>The value for a message: short, and plain when it is null.</summary>
    public static string Show(string? value) => value is null ? "null" : $"'{Names.Shorten(value)}'";
}
