namespace Compressor.Blocks.Kinds;

/// <summary>
/// Words that tell what a text is: the commonest words of English, those of other languages that are written with Latin letters, and
/// the keywords of programming languages. A word is in one of the first two lists at most; short words that several languages share
/// are in neither.
/// </summary>
internal static class KnownWords
{
    /// <summary>Function words of English, in lower case.</summary>
    public static HashSet<string> English { get; } = Set("""
        the of and to in a is was he that it his her with as for had you not be at on by which have or from this but all they she were are
        my so one said an there would been their we him if when who will no more what your can could about into do then them up some out its
        than only any other like has did me time
        """);

    /// <summary>Function words of German, French, Spanish, Portuguese, Italian, Dutch, Swedish, Danish, Polish, Czech, Turkish and Romanian, in lower case.</summary>
    public static HashSet<string> OtherLanguages { get; } = Set("""
        der und das nicht von zu mit ist sich auf für ein eine dem sie auch werden aus wird oder wenn kann sind bei nach einen einer wie nur
        les une dans pour pas qui avec vous sont être cette leur mais nous comme aux
        los las por una como está pero más cuando puede desde también esta
        não uma que com os ao quando você pode são seu sua mais
        gli della sono anche nel che per può questo alla delle
        een het niet voor zijn worden door wordt dit
        och att det är som på av till för inte
        nie jest się lub przez oraz jako jest tego
        og ikke er til en kan
        ve bir bu için ile olarak
        în este pentru care din
        že není nebo jsou který
        """);

    /// <summary>Keywords of programming languages and names that hardly any program does without, with their capitals.</summary>
    public static HashSet<string> Code { get; } = Set("""
        return if else for while function var let const class public private static void int string bool import from def self new this null
        true false None fn pub use mut struct enum impl interface export async await end require include using namespace override func
        package type err nil echo fi then done elif try catch throw throws final extends implements define ifdef endif char unsigned sizeof
        size_t template typename auto std foreach array param readonly internal sealed module match case break continue switch default
        static_cast assert expect describe
        """);

    private static HashSet<string> Set(string words) =>
        new(words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
}
