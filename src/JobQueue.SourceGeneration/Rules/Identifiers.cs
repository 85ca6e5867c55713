using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace JobQueue.SourceGeneration.Rules;

/// <summary>Makes names of code from names of handlers and parameters.</summary>
internal static class Identifiers
{
    /// <summary><c>sync_portfolio</c>, <c>sync-portfolio</c> and <c>sync.portfolio</c> become <c>SyncPortfolio</c>.</summary>
    public static string ToPascalCase(string name)
    {
        var identifier = new StringBuilder(name.Length);
        var startsWord = true;
        foreach (var c in name)
        {
            if (!SyntaxFacts.IsIdentifierPartCharacter(c) || c == '_')
            {
                startsWord = true;
                continue;
            }

            identifier.Append(startsWord ? char.ToUpperInvariant(c) : c);
            startsWord = false;
        }

        return identifier.ToString();
    }

    /// <summary>The record that holds a handler's plain parameters; a name must not begin with a digit.</summary>
    public static string ArgsRecord(string identifier) => (char.IsDigit(identifier[0]) ? "Job" : "") + identifier + "Args";

    /// <summary>Writes a name as code may use it: <c>@class</c>.</summary>
    public static string Escape(string name)
        => SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None ? "@" + name : name;

    /// <summary>The wished name, lengthened until no other has it.</summary>
    public static string Unique(string wish, IEnumerable<string> taken)
    {
        var others = new HashSet<string>(taken, StringComparer.Ordinal);
        while (others.Contains(wish))
        {
            wish += "_";
        }

        return wish;
    }
}
